import Authentication
import Network

/// AUTHENTICATE: signs in by a SASL mechanism. RFC 3501 §6.2.2, RFC 4959 §3
struct Authenticate: Command {
  static let verbs: [StaticString] = ["AUTHENTICATE"]
  static let stages = Stages.notAuthenticated

  /// In upper case.
  let mechanism: String
  /// The initial response in base64; `=` is one without octets.
  let initialResponse: [UInt8]?

  // authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mechanism = try parser.word().description
    guard try !parser.isAtLineEnd() else {
      initialResponse = nil
      return
    }
    try parser.space()
    initialResponse = Array(
      try parser.run("bad initial response") { OctetClass.isAtom($0) || $0 == OctetClass.plus })
  }

  func run(in session: Session) async throws -> Reply? {
    do {
      var exchange = try session.service.authenticator.begin(mechanism, session.signInContext)
      var step = await exchange.start(initialResponse)
      while true {
        switch step {
        case .challenge(let text):
          session.connection.write(Array("+ ".utf8) + text + Array("\r\n".utf8))
          guard let line = try await session.readContinuation(limit: SignInAttempt.longestLine + 2)
          else {
            throw ConnectionFailure.endOfInput
          }
          step = await exchange.hear(line)
        case .signedIn(let signedIn): return try session.welcome(signedIn)
        case .failed(let failure): return session.refuse(failure)
        }
      }
    } catch let failure as SignInFailure {
      return session.refuse(failure)
    }
  }
}
