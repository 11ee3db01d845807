extension SMTPCommand {
  /// The command of a line without its CRLF.
  public init(_ line: [UInt8]) {
    var parser = SMTPParser(line)
    do {
      self = try parser.command()
    } catch {
      self = .malformed(error)
    }
  }
}

extension SMTPParser {
  mutating func command() throws(SyntaxFault) -> SMTPCommand {
    if take(word: "MAIL") { return try mail() }
    if take(word: "RCPT") { return try rcpt() }
    if take(word: "EHLO") { return .ehlo(try greetingName()) }
    if take(word: "LHLO") { return .lhlo(try greetingName()) }
    if take(word: "HELO") { return .helo(try greetingName()) }
    if take(word: "BDAT") { return try bdat() }
    if take(word: "AUTH") { return try auth() }
    return try simpleCommand()
  }

  private mutating func simpleCommand() throws(SyntaxFault) -> SMTPCommand {
    if take(word: "DATA") { return try bare(.data) }
    if take(word: "RSET") { return try bare(.rset) }
    if take(word: "QUIT") { return try bare(.quit) }
    if take(word: "STARTTLS") { return try bare(.starttls) }
    if take(word: "NOOP") { return try withText(.noop) }
    if take(word: "VRFY") { return try lookup { .vrfy($0) } }
    if take(word: "EXPN") { return try lookup { .expn($0) } }
    if take(word: "HELP") { return try withText(.help) }
    return .unknown
  }

  /// A command that takes no argument; trailing space is tolerated. RFC 5321 §4.1.1
  private mutating func bare(_ command: SMTPCommand) throws(SyntaxFault) -> SMTPCommand {
    if let next, next != 0x20, next != 0x09 { return .unknown }
    skipSpaces()
    guard isAtEnd else { throw .arguments }
    return command
  }

  private mutating func withText(_ command: SMTPCommand) throws(SyntaxFault) -> SMTPCommand {
    if let next, next != 0x20 { return .unknown }
    return command
  }

  /// `VRFY` and `EXPN SP String`, and perhaps SMTPUTF8 behind it. RFC 5321 §4.1.1.6, RFC 6531 §3.7.4
  private mutating func lookup(
    _ command: (MailPath?) -> SMTPCommand
  ) throws(SyntaxFault) -> SMTPCommand {
    if let next, next != 0x20 { return .unknown }
    skipSpaces()
    guard !isAtEnd else { throw .arguments }
    var probe = self
    do {
      let isBracketed = probe.take(UInt8(ascii: "<"))
      let path = try probe.path(domainless: .anyLocalPart)
      guard !isBracketed || probe.take(UInt8(ascii: ">")) else { return command(nil) }
      probe.skipSpaces()
      if probe.take(word: "SMTPUTF8") { probe.skipSpaces() }
      return command(probe.isAtEnd ? path : nil)
    } catch {
      return command(nil)
    }
  }

  /// The name a client greets with: printable, no spaces, at most 255 octets.
  private mutating func greetingName() throws(SyntaxFault) -> [UInt8] {
    guard take(0x20) else { throw .arguments }
    skipSpaces()
    let name = takeWord()
    skipSpaces()
    guard isAtEnd, !name.isEmpty, name.count <= 255, name.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw .arguments }
    return name
  }

  private mutating func bdat() throws(SyntaxFault) -> SMTPCommand {
    guard take(0x20), let size = takeNumber() else { throw .chunkSize }
    if isAtEnd { return .bdat(size: size, last: false) }
    guard take(0x20), take(word: "LAST"), isAtEnd else { throw .chunkSize }
    return .bdat(size: size, last: true)
  }

  private mutating func auth() throws(SyntaxFault) -> SMTPCommand {
    guard take(0x20) else { throw .arguments }
    let mechanism = takeWord().map(Octet.uppercased)
    guard !mechanism.isEmpty else { throw .arguments }
    if isAtEnd { return .auth(mechanism: mechanism, initialResponse: nil) }
    guard take(0x20) else { throw .arguments }
    let response = takeWord()
    guard isAtEnd, !response.isEmpty else { throw .arguments }
    return .auth(mechanism: mechanism, initialResponse: response)
  }

  private mutating func mail() throws(SyntaxFault) -> SMTPCommand {
    guard take(0x20), take(word: "FROM:") else { throw .arguments }
    skipSpaces()
    let path = try reversePath()
    return .mail(path, try mailParameters())
  }

  private mutating func rcpt() throws(SyntaxFault) -> SMTPCommand {
    guard take(0x20), take(word: "TO:") else { throw .arguments }
    skipSpaces()
    guard take(UInt8(ascii: "<")) else { throw .address }
    let path = try path(domainless: .postmaster)
    guard take(UInt8(ascii: ">")) else { throw .address }
    return .rcpt(path, try recipientParameters())
  }

  private mutating func reversePath() throws(SyntaxFault) -> MailPath? {
    guard take(UInt8(ascii: "<")) else { throw .address }
    if take(UInt8(ascii: ">")) { return nil }
    let path = try path(domainless: .never)
    guard take(UInt8(ascii: ">")) else { throw .address }
    return path
  }
}
