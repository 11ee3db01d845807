import Glibc

/// Reads a password: from a file, from standard input, or asked for at a terminal without echo.
///
/// Never from the argument list, which every user of the machine can read.
enum SecretInput {
  /// The longest password taken, in octets.
  static let limit = 1_024

  /// - Parameter isNew: whether it is being chosen, so that a terminal asks for it twice.
  static func read(
    _ what: String, from invocation: Invocation, _ terminal: Terminal, isNew: Bool = true
  ) throws -> [UInt8] {
    if let path = invocation["--password-file"] {
      let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else {
        throw Failure(code: .usage, message: "\(path) cannot be read; name a readable file")
      }
      defer { _ = close(file) }
      return try check(line(of: file), what)
    }
    if isatty(STDIN_FILENO) == 1 {
      let first = try ask("\(what): ", terminal)
      guard try !isNew || ask("again: ", terminal) == first else {
        throw Failure(code: .usage, message: "the two differ; try again")
      }
      return try check(first, what)
    }
    return try check(line(of: STDIN_FILENO), what)
  }

  private static func check(_ secret: [UInt8], _ what: String) throws -> [UInt8] {
    guard !secret.isEmpty else {
      throw Failure(
        code: .usage, message: "no \(what) was given; write it to standard input or --password-file"
      )
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
    return line(of: STDIN_FILENO)
  }

  /// One line without its end, and nothing behind it.
  private static func line(of descriptor: Int32) -> [UInt8] {
    var octets: [UInt8] = []
    var octet: UInt8 = 0
    while octets.count <= limit, unsafe Glibc.read(descriptor, &octet, 1) == 1, octet != 10 {
      octets.append(octet)
    }
    if octets.last == 13 { octets.removeLast() }
    return octets
  }
}
