import Glibc

/// Reads a password: from a file, from standard input, or asked for at a terminal without echo.
///
/// Never from the argument list, which every user of the machine can read.
enum SecretInput {
  /// The longest password taken, in octets.
  static let limit = 1_024

  static func read(_ what: String, from invocation: Invocation, _ terminal: Terminal) throws
    -> [UInt8]
  {
    if let path = invocation["--password-file"] {
      guard let file = unsafe fopen(path, "r") else {
        throw Failure(code: .usage, message: "\(path) cannot be read; name a readable file")
      }
      defer { unsafe fclose(file) }
      return try check(unsafe line(of: file), what)
    }
    if isatty(STDIN_FILENO) == 1 {
      let first = try ask("\(what): ", terminal)
      guard try ask("again: ", terminal) == first else {
        throw Failure(code: .usage, message: "the two passwords differ; try again")
      }
      return try check(first, what)
    }
    return try check(unsafe line(of: stdin), what)
  }

  private static func check(_ secret: [UInt8], _ what: String) throws -> [UInt8] {
    guard !secret.isEmpty else {
      throw Failure(
        code: .usage, message: "no \(what) was given; write it to standard input or --password-file")
    }
    guard secret.count <= limit, String(validating: secret, as: UTF8.self) != nil else {
      throw Failure(
        code: .usage, message: "the \(what) must be UTF-8 of at most \(limit) octets")
    }
    return secret
  }

  private static func ask(_ prompt: String, _ terminal: Terminal) throws -> [UInt8] {
    terminal.draw(prompt)
    var saved = termios()
    unsafe tcgetattr(STDIN_FILENO, &saved)
    var silent = saved
    silent.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved)
      terminal.draw("\n")
    }
    return unsafe line(of: stdin)
  }

  /// One line without its end.
  private static func line(of file: UnsafeMutablePointer<FILE>?) -> [UInt8] {
    var octets: [UInt8] = []
    while octets.count <= limit, case let octet = unsafe getc(file), octet != EOF, octet != 10 {
      octets.append(UInt8(truncatingIfNeeded: octet))
    }
    if octets.last == 13 { octets.removeLast() }
    return octets
  }
}
