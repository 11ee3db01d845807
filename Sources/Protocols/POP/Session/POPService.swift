import Authentication
import Network
import Platform
import State

/// What all POP3 sessions of a server share.
public final class POPService: Sendable {
  let node: Node
  let tls: TLSContext?
  let authenticator: Authenticator
  let locks = MaildropLocks()
  private let hostName: @Sendable () -> String

  /// - Parameters:
  ///   - tls: what STLS and implicit TLS are done with; nil where neither is offered.
  ///   - hostName: shown in the greeting.
  public init(
    node: Node, tls: TLSContext?, authenticator: Authenticator,
    hostName: @autoclosure @escaping @Sendable () -> String
  ) {
    self.node = node
    self.tls = tls
    self.authenticator = authenticator
    self.hostName = hostName
  }

  /// Serves one connection until it ends, and hangs up.
  ///
  /// - Parameter implicitTLS: whether TLS is negotiated before the greeting. RFC 8314 §3.3
  public func serve(_ connection: Connection, implicitTLS: Bool = false) async {
    do {
      if implicitTLS, !connection.isEncrypted {
        guard let tls else { return connection.close() }
        try await connection.startTLS(tls, within: POPLimits.handshake)
      }
      let (policy, limits) = try terms()
      await POPSession(connection, self, policy, limits).run()
    } catch is ConnectionFailure {
      connection.close()
    } catch {
      report(error)
      connection.write(Reply.unavailable.bytes)
      await connection.hangUp()
    }
  }

  /// What a new connection is offered, and how long it may take.
  private func terms() throws -> (POPPolicy, POPLimits) {
    let mechanisms = try authenticator.mechanisms()
    return try node.state.read { view in
      let policy = POPPolicy(
        hostName: hostName(), offersTLS: tls != nil, encryptedMechanisms: mechanisms.encrypted,
        clearMechanisms: mechanisms.clear,
        mostBadCommands: try view.value(Settings.badCommands, for: .system),
        mostFailedSignIns: try view.value(Settings.signInAttempts, for: .system))
      let limits = POPLimits(
        idle: .seconds(try view.value(Settings.popIdle, for: .system)),
        signIn: .seconds(try view.value(Settings.signInTime, for: .system)))
      return (policy, limits)
    }
  }

  /// Notes an error of this server, without personal data.
  func report(_ error: any Error) {
    node.diagnostics.log(.error, "pop_error", [("error", "\(type(of: error))")])
  }
}
