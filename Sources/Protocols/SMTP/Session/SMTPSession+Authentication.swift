import Authentication
import Network
import Platform
import State

extension SMTPSession {
  /// AUTH: an exchange of lines in base64 until the mechanism is done. RFC 4954 §4
  func authenticate(_ mechanism: String, _ response: [UInt8]?) async throws {
    var exchange: SignInAttempt
    do throws(SignInFailure) {
      exchange = try service.authenticator.begin(mechanism, signInContext)
    } catch {
      return finish(dialogue.countError(Reply(error)))
    }
    var step = await exchange.start(response)
    while case .challenge(let text) = step {
      connection.write(Array("334 ".utf8) + text + [13, 10])
      guard let line = try await challengeAnswer() else { return }
      step = await exchange.hear(line)
    }
    try settle(step)
  }

  /// The client's answer; nil where it was too long and has been refused.
  private func challengeAnswer() async throws -> [UInt8]? {
    do {
      let line = try await connection.readLine(
        limit: SignInAttempt.longestLine + 2, within: limits.idle)
      guard let line else { throw ConnectionFailure.endOfInput }
      return line
    } catch let failure as ConnectionFailure where failure.isRecoverable {
      finish(dialogue.countError(.authenticationSyntax))
      return nil
    }
  }

  private func settle(_ step: SignInAttempt.Step) throws {
    switch step {
    case .challenge: preconditionFailure("a challenge has been answered")
    case .failed(.refused): finish(dialogue.heardAuthentication(success: false))
    case .failed(let failure): finish(dialogue.countError(Reply(failure)))
    case .signedIn(let signedIn):
      let (user, size, recipients) = try service.node.state.read { view in
        (
          try view.user(signedIn.user), try view.messageLimit(of: signedIn.domain),
          try view.recipientLimit(of: signedIn.domain)
        )
      }
      self.user = user
      connection.tally.isEventful = true
      finish(
        dialogue.heardAuthentication(
          success: user != nil, maximumSize: size, maximumRecipients: recipients))
    }
  }

  private var signInContext: SignInContext {
    var bindings: [String: [UInt8]] = [:]
    for kind in ChannelBinding.allCases {
      bindings[kind.rawValue] = connection.channelBinding(kind)
    }
    return SignInContext(
      service: .smtp, client: client, session: id, isEncrypted: connection.isEncrypted,
      bindings: bindings)
  }
}

extension Reply {
  /// RFC 4954 §6
  fileprivate init(_ failure: SignInFailure) {
    switch failure {
    case .malformed: self = .authenticationSyntax
    case .cancelled: self = .authenticationCancelled
    case .refused: self = .authenticationFailed
    case .needsEncryption: self = .mechanismNeedsTLS
    case .unknownMechanism: self = .unknownMechanism
    case .unavailable: self = Reply(454, "4.7.0", "Temporary authentication failure")
    }
  }
}
