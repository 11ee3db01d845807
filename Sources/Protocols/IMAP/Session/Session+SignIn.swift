import Authentication
import Network
import State

extension Session {
  /// What sign-in needs to know of the connection.
  var signInContext: SignInContext {
    var bindings: [String: [UInt8]] = [:]
    for kind in ChannelBinding.allCases {
      bindings[kind.rawValue] = connection.channelBinding(kind)
    }
    return SignInContext(
      service: .imap, client: connection.peer.ip.map { "\($0)" } ?? "local", session: id,
      isEncrypted: dialogue.isEncrypted, bindings: bindings)
  }

  /// Lets in who has signed in.
  func welcome(_ signedIn: SignedIn) throws -> Reply {
    guard let known = try service.node.state.read({ try $0.user(signedIn.user) }) else {
      return refuse(.refused)
    }
    user = SessionUser(known, session: id)
    dialogue.signedIn()
    connection.tally.isEventful = true
    return .ok("Signed in", .capability(capabilities))
  }

  /// The reply to a failed sign-in, the same for whatever reason; one too many ends the session.
  func refuse(_ failure: SignInFailure) -> Reply {
    switch failure {
    case .malformed: return .bad("That is not what the mechanism says")
    case .cancelled: return .bad("Sign-in was given up")
    case .needsEncryption:
      return .no("Only on an encrypted connection", .plain(.privacyRequired))
    case .unknownMechanism: return .no("No such mechanism", .cannot)
    case .unavailable: return .no("Not now, try again later", .unavailable)
    case .refused:
      if dialogue.signInFailed() { sayBye("Too many failed sign-ins") }
      return .no("Sign-in failed", .plain(.authenticationFailed))
    }
  }
}
