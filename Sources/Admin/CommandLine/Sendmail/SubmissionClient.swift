import Network

/// Hands a message to a server by a Unix socket, in SMTP: the server knows the account by the
/// socket, so nothing is signed in and nobody else can say who it is.
struct SubmissionClient {
  /// Why it is not sent, with the code for the caller.
  struct Refusal: Error {
    let code: ExitCode
    let message: String
  }

  private struct Answer {
    let code: Int
    let lines: [String]

    var text: String { "\(code) \(lines.joined(separator: " "))" }
  }

  private static let patience = Duration.seconds(600)

  private let connection: Connection
  private let options: SendmailOptions

  /// Connects to the first socket that is served, and sends.
  static func send(
    _ input: [UInt8], _ options: SendmailOptions, sockets: [String]
  ) async throws {
    let loops = try EventLoops(count: 1)
    defer { loops.stop() }
    let loop = loops.next()
    try await Task(executorPreference: loop) {
      for socket in sockets {
        guard let connection = await connect(socket, on: loop) else { continue }
        return try await connection.whileOpen {
          do {
            try await SubmissionClient(connection: connection, options: options).send(input)
          } catch is ConnectionFailure {
            throw Refusal(
              code: .tryAgain, message: "the server hung up; the message may not have been taken")
          }
        }
      }
      throw Refusal(
        code: .tryAgain,
        message: "no server answers at \(sockets.joined(separator: ", ")); start it, or name its "
          + "socket in DAYBOOK_SUBMIT_SOCKET")
    }.value
  }

  private static func connect(_ socket: String, on loop: EventLoop) async -> Connection? {
    do {
      return try await .connect(to: .unix(path: socket), on: loop, within: .seconds(10))
    } catch {
      return nil
    }
  }

  private func send(_ input: [UInt8]) async throws {
    try expect(try await answer(), 220, or: .tryAgain)
    let greeting = try await ask("EHLO localhost")
    try expect(greeting, 250, or: .tryAgain)
    let account = greeting.lines.first { $0.hasPrefix("XSENDER ") }.map { String($0.dropFirst(8)) }
    guard let sender = Self.sender(options.sender, account) else {
      throw Refusal(
        code: .noPermission,
        message: "this account has no address; give one with -f, or set submission.accounts")
    }
    let author = sender.isEmpty ? account ?? "" : sender
    let host = author.split(separator: "@").last.map(String.init) ?? ""
    var message = OutgoingMessage(input, ignoresDots: options.ignoresDots)
    var recipients = options.recipients.map { Self.qualified($0, host) }
    if options.readsRecipients {
      message.readRecipients(excluding: recipients, host: host)
      recipients = message.recipients
    }
    guard !recipients.isEmpty else {
      throw Refusal(code: .misused, message: "there are no recipients; name them, or use -t")
    }
    message.complete(sender: author, fullName: options.fullName)
    try await transact(message, from: sender, to: recipients)
  }

  private func transact(
    _ message: OutgoingMessage, from sender: String, to recipients: [String]
  ) async throws {
    var mail = "MAIL FROM:<\(sender)>"
    if message.octets.contains(where: { $0 > 0x7F }) { mail += " BODY=8BITMIME" }
    if ([sender] + recipients).contains(where: { $0.utf8.contains { $0 > 0x7F } }) {
      mail += " SMTPUTF8"
    }
    if let returning = options.returning { mail += " RET=\(returning)" }
    if let envelope = options.envelopeID { mail += " ENVID=\(Self.xtext(envelope))" }
    try expect(try await ask(mail), 250, or: .noPermission)
    let notify = options.notify.map { " NOTIFY=\($0)" } ?? ""
    for recipient in recipients {
      let reply = try await ask("RCPT TO:<\(recipient)>\(notify)")
      let isUnknown = reply.lines.first?.hasPrefix("5.1.") ?? false
      try expect(reply, 250, or: isUnknown ? .noUser : .notAvailable, "\(recipient): ")
    }
    try expect(try await ask("DATA"), 354, or: .notAvailable)
    var stuffed: [UInt8] = []
    stuffed.reserveCapacity(message.octets.count + 64)
    var isAtStart = true
    for octet in message.octets {
      if isAtStart, octet == UInt8(ascii: ".") { stuffed.append(octet) }
      stuffed.append(octet)
      isAtStart = octet == 10
    }
    connection.write(stuffed)
    try expect(try await ask("."), 250, or: .notAvailable)
    _ = try? await ask("QUIT")
  }

  private func ask(_ line: String) async throws -> Answer {
    guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Refusal(code: .misused, message: "an address holds characters that no address has")
    }
    connection.write("\(line)\r\n")
    try await connection.flush()
    return try await answer()
  }

  private func answer() async throws -> Answer {
    var lines: [String] = []
    while let octets = try await connection.readLine(limit: 4_096, within: Self.patience) {
      let line = String(decoding: octets, as: UTF8.self)
      guard let code = Int(line.prefix(3)) else { break }
      lines.append(String(line.dropFirst(4)))
      if !line.dropFirst(3).hasPrefix("-") { return Answer(code: code, lines: lines) }
    }
    throw ConnectionFailure.endOfInput
  }

  /// A reply of 4xx is always for later.
  private func expect(
    _ answer: Answer, _ code: Int, or failure: ExitCode, _ what: String = ""
  ) throws {
    guard answer.code != code else { return }
    throw Refusal(
      code: (400..<500).contains(answer.code) ? .tryAgain : failure,
      message: "not sent: \(what)\(answer.text)")
  }

  /// The reverse path: as it was given, completed by the account's domain; nil where there is none.
  private static func sender(_ given: String?, _ account: String?) -> String? {
    guard var given else { return account }
    if given.hasPrefix("<"), given.hasSuffix(">") { given = String(given.dropFirst().dropLast()) }
    if given.isEmpty || given.contains("@") { return given }
    guard let host = account?.split(separator: "@").last else { return nil }
    return "\(given)@\(host)"
  }

  private static func qualified(_ recipient: String, _ host: String) -> String {
    var recipient = recipient
    if recipient.hasPrefix("<"), recipient.hasSuffix(">") {
      recipient = String(recipient.dropFirst().dropLast())
    }
    return recipient.contains("@") || host.isEmpty ? recipient : "\(recipient)@\(host)"
  }

  /// RFC 3461 §4
  private static func xtext(_ text: String) -> String {
    text.utf8.reduce(into: "") { coded, octet in
      if (0x21...0x7E).contains(octet), octet != UInt8(ascii: "+"), octet != UInt8(ascii: "=") {
        coded.unicodeScalars.append(Unicode.Scalar(octet))
      } else {
        let digits = String(octet, radix: 16, uppercase: true)
        coded += digits.utf8.count == 1 ? "+0\(digits)" : "+\(digits)"
      }
    }
  }
}
