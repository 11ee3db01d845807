import Authentication

/// LOGIN: signs in with a name and a password in the clear. RFC 3501 §6.2.3
struct Login: Command {
  static let verbs: [StaticString] = ["LOGIN"]
  static let stages = Stages.notAuthenticated

  let name: [UInt8]
  let password: [UInt8]

  // login = "LOGIN" SP userid SP password
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    name = try parser.astring()
    try parser.space()
    password = try parser.astring()
  }

  func run(in session: Session) async throws -> Reply? {
    do {
      let signedIn = try await session.service.authenticator.signIn(
        name: name, password: password, session.signInContext)
      return try session.welcome(signedIn)
    } catch let failure as SignInFailure {
      return session.refuse(failure)
    }
  }
}
