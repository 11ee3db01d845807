import Authentication
import Events
import Network

extension POPSession {
  /// The longest line in octets with its CRLF: one of a SASL exchange. RFC 5034 §4
  static let longestLine = SignInAttempt.longestLine + 2

  /// USER and PASS. RFC 1939 §7
  func checkPassword(_ name: [UInt8], _ password: [UInt8]) async throws {
    do throws(SignInFailure) {
      let signedIn = try await service.authenticator.signIn(
        name: name, password: password, signInContext)
      await openMaildrop(of: signedIn.user)
    } catch {
      fail(error)
    }
  }

  /// AUTH. RFC 5034 §4
  func authenticate(_ mechanism: String, _ initialResponse: [UInt8]?) async throws {
    var signIn: SignInAttempt
    do throws(SignInFailure) {
      signIn = try service.authenticator.begin(mechanism, signInContext)
    } catch {
      return fail(error)
    }
    var step = await signIn.start(initialResponse)
    while case .challenge(let challenge) = step {
      connection.write("+ ")
      connection.write(challenge)
      connection.write("\r\n")
      step = try await hear(&signIn)
    }
    switch step {
    case .signedIn(let signedIn): await openMaildrop(of: signedIn.user)
    case .failed(let failure): fail(failure)
    case .challenge: return
    }
  }

  private func hear(_ signIn: inout SignInAttempt) async throws(ConnectionFailure)
    -> SignInAttempt.Step
  {
    do throws(ConnectionFailure) {
      let line = try await connection.readLine(limit: Self.longestLine, within: patience)
      guard let line else { throw .endOfInput }
      return await signIn.hear(line)
    } catch {
      guard error.isRecoverable else { throw error }
      return .failed(.malformed)
    }
  }

  private var signInContext: SignInContext {
    var bindings: [String: [UInt8]] = [:]
    for kind in ChannelBinding.allCases {
      if let binding = connection.channelBinding(kind) { bindings[kind.rawValue] = binding }
    }
    return SignInContext(
      service: .pop, client: connection.peer.ip?.description ?? "local", session: id,
      isEncrypted: connection.isEncrypted, bindings: bindings)
  }

  /// Opens the maildrop of who has signed in, for this session alone. RFC 1939 §4
  private func openMaildrop(of id: UserID) async {
    guard let taken = service.locks.take(id) else { return say(.inUse) }
    do {
      guard let opened = try await service.open(id) else { return say(.unavailable) }
      lock = consume taken
      user = SessionUser(
        id: id, key: opened.key, mailbox: opened.maildrop.mailbox, session: self.id)
      connection.tally.isEventful = true
      say(dialogue.signedIn(opened.maildrop))
    } catch {
      service.report(error)
      say(.unavailable)
    }
  }

  private func fail(_ failure: SignInFailure) {
    switch failure {
    case .unavailable: say(.unavailable)
    case .cancelled: count(.cancelled)
    case .malformed: count(.badExchange)
    case .refused: count(.refused)
    case .needsEncryption: count(.needsEncryption)
    case .unknownMechanism: count(.unknownMechanism)
    }
  }

  private func count(_ reply: Reply) {
    switch dialogue.signInFailed(reply) {
    case .hangUp(let reply): sayLast(reply)
    default: say(reply)
    }
  }
}
