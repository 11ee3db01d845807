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
  let hostName: String
  /// For STARTTLS and for connections that begin with TLS; nil where there is no certificate.
  let tls: TLSContext?
  /// Whether passwords may cross the wire in the clear.
  let allowsPlaintext: Bool
  let recents: RecentMessages

  init(node: Node, hostName: String, tls: TLSContext?, allowsPlaintext: Bool) throws {
    self.node = node
    self.hostName = hostName
    self.tls = tls
    self.allowsPlaintext = allowsPlaintext
    recents = RecentMessages(started: try node.journal.reader.head)
  }

  /// Reads State in one short transaction; off the loop where many rows are to be gone through.
  func read<R: Sendable>(
    rows: UInt32, _ body: @escaping @Sendable (borrowing StateView) throws -> R
  ) async throws -> R {
    guard rows > IMAPService.largestBlock else { return try node.state.read(body) }
    return try await node.pool.run { [node] in try node.state.read(body) }
  }

  /// The SASL mechanisms that may be used now.
  func mechanisms(_ dialogue: Dialogue) -> [String] { [] }

  /// How long a session waits for the client. RFC 3501 §5.4
  func patience(at stage: Stage) -> Duration {
    stage == .notAuthenticated ? .seconds(60) : .seconds(1_800)
  }

  /// Notes an error that ended a session or a command.
  func report(_ error: any Error) {
    node.diagnostics.log(.error, "imap_error", [("error", "\(type(of: error))")])
  }
}
