import Network
import State

/// IDLE: the server speaks when something happens, until the client says DONE. RFC 2177 §3
struct Idle: Command {
  static let verbs: [StaticString] = ["IDLE"]

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  /// How often an idle client hears something, so that routers in between keep the connection.
  static let pulse: Duration = .seconds(120)

  func run(in session: Session) async throws -> Reply? {
    session.connection.write("+ Waiting for changes\r\n")
    let changes = session.view.map { view in
      session.service.node.changes.subscribe(.mailbox(view.mailbox)) {
        [connection = session.connection] in connection.signal()
      }
    }
    defer { changes?.cancel() }
    var patience = session.patience
    while session.dialogue.stage != .logout {
      // Taken before looking, so that a change in between wakes again.
      _ = changes?.take()
      guard try session.hasAccess() else {
        session.sayBye("Access was withdrawn")
        return nil
      }
      try await session.update(.all)
      do {
        switch try await session.connection.awaitInput(within: min(Idle.pulse, patience)) {
        case .signal: continue
        case .endOfInput: throw ConnectionFailure.endOfInput
        case .input: return try await end(session)
        }
      } catch ConnectionFailure.timedOut where patience > Idle.pulse {
        patience -= Idle.pulse
        session.say { $0.raw("* OK Still here\r\n") }
      }
    }
    return .ok("No longer idle")
  }

  // idle = "IDLE" CRLF "DONE"
  private func end(_ session: Session) async throws -> Reply? {
    guard let line = try await session.readContinuation(limit: 1_024) else {
      throw ConnectionFailure.endOfInput
    }
    return line.map(OctetClass.upper).elementsEqual("DONE".utf8)
      ? .ok("No longer idle") : .bad("Expected DONE")
  }
}
