import Authentication
import Events
import Ledger
import Network
import Platform
import Protection
import State

/// What all SMTP sessions of a server share.
public final class SMTPService: Sendable {
  /// The longest command line in octets, AUTH's included. RFC 4954 §4
  static let longestLine = 12_288
  /// The longest other command line in octets. RFC 5321 §4.5.3.1.4, widened by the extensions
  public static let longestCommand = 2_048
  /// The largest header in octets; a message with a larger one is refused with `552 5.3.4`.
  public static let largestHeader = 262_144

  let node: Node
  let tls: TLSContext?
  let authenticator: Authenticator
  /// Counts and greylists; nil where nobody is to be kept out.
  let sentry: Sentry?
  /// Of this server, as it is called now.
  let hostName: @Sendable () -> String
  /// The uids that submit for any user by a Unix socket.
  let operators: Set<UInt32>

  public init(
    node: Node, tls: TLSContext?, authenticator: Authenticator, sentry: Sentry? = nil,
    hostName: @autoclosure @escaping @Sendable () -> String, operators: Set<UInt32> = []
  ) {
    self.operators = operators
    self.node = node
    self.sentry = sentry
    self.tls = tls
    self.authenticator = authenticator
    self.hostName = hostName
  }

  /// Serves one connection until it ends.
  ///
  /// - Parameter implicitTLS: whether TLS is negotiated before the greeting. RFC 8314 §3.3
  public func serve(
    _ connection: Connection, as role: SMTPPolicy.Role, implicitTLS: Bool = false
  ) async {
    do {
      if implicitTLS {
        guard let tls else { return connection.close() }
        try await connection.startTLS(tls, within: .seconds(30))
      }
      let account = role == .local ? try await account(of: connection) : nil
      let session = try SMTPSession(connection, self, role, account)
      await session.run()
    } catch is ConnectionFailure {
      connection.close()
    } catch {
      report("smtp_error", error)
      connection.write(Reply.notNow.bytes)
      await connection.hangUp()
    }
  }

  /// Who submits by a Unix socket. Looking up a name may block, so it is done off the loop.
  private func account(of connection: Connection) async throws -> LocalAccount {
    guard let uid = connection.peerCredentials?.userID else {
      throw ConnectionFailure.endOfInput
    }
    let name = try await node.pool.run { Machine.accountName(of: uid) }
    let lines = try node.state.read { try $0.value(Settings.submissionAccounts, for: .system) }
    let address = LocalAccount.address(of: ["\(uid)"] + (name.map { [$0] } ?? []), in: lines)
    return LocalAccount(
      isOperator: operators.contains(uid), address: address.flatMap(MailPath.init(text:)))
  }

  func report(_ event: String, _ error: any Error) {
    node.diagnostics.log(.error, event, [("error", "\(type(of: error))")])
  }
}

/// Limits of sessions, as the settings have them when a connection comes.
struct SMTPLimits: Sendable {
  let idle: Duration
  let unknownRecipients: Int
  let messages: Int

  /// For the octets of a message. RFC 5321 §4.5.3.2.5
  static let dataTime = Duration.seconds(600)
}

extension SMTPService {
  /// The policy of a new connection and the limits of its session.
  func policy(_ role: SMTPPolicy.Role) throws -> (SMTPPolicy, SMTPLimits) {
    let offered: OfferedMechanisms? = role == .submission ? try authenticator.mechanisms() : nil
    return try node.state.read { view in
      let badCommands = try view.value(Settings.badCommands, for: .system)
      let policy = SMTPPolicy(
        role: role, hostName: hostName(), maximumSize: try view.largestMessage(),
        maximumRecipients: try view.recipientLimit(of: nil),
        offersTLS: tls != nil && (role == .relay || role == .submission),
        mechanisms: offered?.encrypted ?? [], plainMechanisms: offered?.clear ?? [],
        maximumErrors: badCommands,
        maximumSignIns: try view.value(Settings.signInAttempts, for: .system),
        verification: try view.value(Settings.verifyPolicy, for: .system))
      let limits = SMTPLimits(
        idle: .seconds(try view.value(Settings.smtpIdle, for: .system)),
        unknownRecipients: try view.value(Settings.unknownRecipients, for: .system),
        messages: try view.value(Settings.messagesPerConnection, for: .system))
      return (policy, limits)
    }
  }
}
