import Network

/// What a session heard: a command under its tag, or why there is none.
struct Input {
  enum Content {
    case command(any Command)
    case refused(Reply)
    /// Nothing that follows could be understood.
    case hopeless(String)
  }

  /// Empty where it could not be read; the response is untagged then.
  let tag: [UInt8]
  let content: Content
}

extension Session {
  /// The next command; nil where the client has hung up. RFC 3501 §2.2.1
  func readCommand() async throws(ConnectionFailure) -> Input? {
    var assembler = CommandAssembler(limits: dialogue.limits)
    let first: [UInt8]?
    do {
      first = try await connection.readCommand(
        limit: assembler.lineLimit, within: patience)
    } catch {
      guard error.isRecoverable else { throw error }
      return Input(tag: [], content: .refused(.bad("The line is too long or malformed")))
    }
    guard var line = first else { return nil }
    while true {
      switch assembler.hear(line: line) {
      case .complete: return parse(assembler.bytes)
      case .literal(let header):
        if let input = try await streamed(assembler.bytes, header) { return input }
        if header.isSynchronizing { connection.write("+ Go ahead\r\n") }
        assembler.hear(
          literal: try await connection.readExactly(
            Int(header.octets), within: patience))
      case .tooBig(let header):
        if let input = try await streamed(assembler.bytes, header) { return input }
        return refuseLiteral(assembler.bytes, header)
      }
      guard let next = try await readContinuation(limit: assembler.lineLimit) else { return nil }
      line = next
    }
  }

  /// A further line of a command, or of an exchange inside one.
  func readContinuation(limit: Int) async throws(ConnectionFailure) -> [UInt8]? {
    try await connection.readLine(
      limit: max(limit, 2), within: patience)
  }

  /// Reads and drops the literal, and what follows it up to the end of its command, so that the
  /// next command is found. A client that waits for leave to send sends nothing.
  func skip(_ header: LiteralHeader) async throws(ConnectionFailure) {
    var next: LiteralHeader? = header
    while let header = next, !header.isSynchronizing {
      guard header.octets <= IMAPService.mostSkipped else { throw .flooded }
      try await connection.discard(header.octets, within: patience)
      guard let line = try await readContinuation(limit: dialogue.limits.octets) else { return }
      next = LiteralHeader(endOf: line)
    }
  }

  private func parse(_ bytes: [UInt8]) -> Input {
    var parser = Parser(bytes)
    var tag: [UInt8] = []
    do {
      tag = try parser.tag()
      try parser.space()
      guard let entry = try parser.verb() else {
        return Input(tag: tag, content: .refused(.bad("Unknown command")))
      }
      if let refusal = dialogue.refusal(of: entry.command.stages) {
        return Input(tag: tag, content: .refused(refusal))
      }
      return Input(tag: tag, content: .command(try parser.arguments(of: entry)))
    } catch .malformed(let why) {
      return Input(tag: tag, content: .refused(.bad("Cannot parse: \(why)")))
    } catch {
      return Input(tag: tag, content: .refused(.bad("Cannot parse: the command ends too early")))
    }
  }

  /// The command that reads the announced literal itself (APPEND), where this is one and the
  /// literal is the one it ends with; nil where the literal is a plain argument.
  private func streamed(
    _ bytes: [UInt8], _ header: LiteralHeader
  ) async throws(ConnectionFailure) -> Input? {
    var parser = Parser(bytes)
    guard dialogue.stage != .notAuthenticated, let tag = try? parser.tag(),
      (try? parser.space()) != nil, let verb = try? parser.verb(), verb.command.endsAtLiteral
    else { return nil }
    do {
      return Input(tag: tag, content: .command(try parser.arguments(of: verb)))
    } catch .malformed(let why) {
      try await skip(header)
      return Input(tag: tag, content: .refused(.bad("Cannot parse: \(why)")))
    } catch {
      return nil
    }
  }

  /// I1: a literal beyond the limits is never asked for; one that comes unasked ends the session.
  private func refuseLiteral(_ bytes: [UInt8], _ header: LiteralHeader) -> Input {
    guard header.isSynchronizing else {
      return Input(tag: [], content: .hopeless("[TOOBIG] Literal too large"))
    }
    var parser = Parser(bytes)
    let tag = (try? parser.tag()) ?? []
    return Input(tag: tag, content: .refused(.bad("Literal too large", .tooBig)))
  }
}
