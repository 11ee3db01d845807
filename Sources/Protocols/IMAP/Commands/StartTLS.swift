import Network

/// STARTTLS: the rest of the session is encrypted. RFC 3501 §6.2.1
struct StartTLS: Command {
  static let verbs: [StaticString] = ["STARTTLS"]
  static let stages = Stages.notAuthenticated

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {}

  func run(in session: Session) async throws -> Reply? {
    guard session.dialogue.canStartTLS, let tls = session.service.tls else {
      return .bad("TLS cannot be started here")
    }
    // What was sent in clear behind the command is never answered. RFC 3501 §6.2.1
    guard !session.connection.hasBufferedInput else {
      session.sayBye("Nothing may follow STARTTLS")
      return nil
    }
    session.say { $0.reply(.ok("Begin TLS now"), tag: session.tag) }
    try await session.connection.startTLS(tls, within: .seconds(30))
    session.dialogue.startedTLS()
    return nil
  }
}
