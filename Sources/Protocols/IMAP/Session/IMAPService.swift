import Authentication
import Ledger
import Network
import Platform
import State

/// What all IMAP sessions of a server share.
public final class IMAPService: Sendable {
  /// The most octets of a refused literal that are read and dropped to stay in step.
  static let mostSkipped: UInt64 = 268_435_456
  /// The most rows that are read on the loop, and the most in one go.
  static let largestBlock = 1_000

  let node: Node
  /// For STARTTLS and for connections that begin with TLS; nil where there is no certificate.
  let tls: TLSContext?
  let authenticator: Authenticator
  /// Of this server, as it is called now.
  let hostName: @Sendable () -> String
  /// How often a session asks at most whether its user may still use IMAP.
  let accessInterval: Duration
  let recents: RecentMessages
  let selected = SharedUIDs.Table()

  /// - Parameter hostName: of this server, shown in the greeting.
  /// - Throws: what the journal throws when its head is read.
  public convenience init(
    node: Node, tls: TLSContext?, authenticator: Authenticator,
    hostName: @autoclosure @escaping @Sendable () -> String
  ) throws {
    try self.init(
      node: node, tls: tls, authenticator: authenticator, hostName: hostName(),
      accessInterval: .seconds(1))
  }

  init(
    node: Node, tls: TLSContext?, authenticator: Authenticator,
    hostName: @autoclosure @escaping @Sendable () -> String,
    accessInterval: Duration
  ) throws {
    self.accessInterval = accessInterval
    self.node = node
    self.tls = tls
    self.authenticator = authenticator
    self.hostName = hostName
    recents = RecentMessages(started: try node.journal.reader.head)
  }

  /// Serves one connection until it ends.
  ///
  /// - Parameter implicitTLS: whether TLS is negotiated before the greeting. RFC 8314 §3.2
  public func serve(_ connection: Connection, implicitTLS: Bool = false) async {
    do {
      // Telnet and many scripts end lines in LF alone; nothing is relayed from here.
      connection.isStrictAboutLineEnds = false
      if implicitTLS {
        guard let tls else { return connection.close() }
        try await connection.startTLS(tls, within: .seconds(30))
      }
      await Session(connection, self, try limits()).run()
    } catch is ConnectionFailure {
      connection.close()
    } catch {
      report(error)
      connection.write("* BYE [UNAVAILABLE] Not now, try again later\r\n")
      await connection.hangUp()
    }
  }

  /// Reads State in one short transaction; off the loop where many rows are to be gone through.
  func read<R: Sendable>(
    rows: UInt32, _ body: @escaping @Sendable (borrowing StateView) throws -> R
  ) async throws -> R {
    guard rows > IMAPService.largestBlock else { return try node.state.read(body) }
    return try await node.pool.run { [node] in try node.state.read(body) }
  }

  /// Notes an error that ended a session or a command.
  func report(_ error: any Error) {
    node.diagnostics.log(.error, "imap_error", [("error", "\(type(of: error))")])
  }
}

/// Limits of a session, as the settings have them when the connection comes.
struct SessionLimits: Sendable {
  /// Until somebody has signed in.
  let signInTime: Duration
  /// Between two commands. RFC 3501 §5.4
  let idleTime: Duration
  /// Bad commands in a row, and failed sign-ins, after which the server hangs up.
  let badCommands: Int
  let signInAttempts: Int
}

extension IMAPService {
  private func limits() throws -> SessionLimits {
    try node.state.read { state in
      SessionLimits(
        signInTime: .seconds(try state.value(Settings.signInTime, for: .system)),
        idleTime: .seconds(try state.value(Settings.imapIdle, for: .system)),
        badCommands: try state.value(Settings.badCommands, for: .system),
        signInAttempts: try state.value(Settings.signInAttempts, for: .system))
    }
  }

  /// The SASL mechanisms that may be used now.
  func mechanisms(isEncrypted: Bool) -> [String] {
    do {
      return try authenticator.mechanisms().offered(isEncrypted: isEncrypted)
    } catch {
      report(error)
      return []
    }
  }
}
