import Network
import Platform

/// What all IMAP sessions of a server share.
public final class IMAPService: Sendable {
  /// The most octets of a refused literal that are read and dropped to stay in step.
  static let mostSkipped: UInt64 = 268_435_456

  let hostName: String
  let allowsPlaintext: Bool
  let offersTLS: Bool
  let diagnostics: Diagnostics

  init(hostName: String, allowsPlaintext: Bool, offersTLS: Bool, diagnostics: Diagnostics) {
    self.hostName = hostName
    self.allowsPlaintext = allowsPlaintext
    self.offersTLS = offersTLS
    self.diagnostics = diagnostics
  }

  /// The SASL mechanisms that may be used now.
  func mechanisms(_ dialogue: Dialogue) -> [String] { [] }

  /// How long a session waits for the client. RFC 3501 §5.4
  func patience(at stage: Stage) -> Duration {
    stage == .notAuthenticated ? .seconds(60) : .seconds(1_800)
  }

  /// Notes an error that ended a session or a command.
  func report(_ error: any Error) {
    diagnostics.log(.error, "imap_error", [("error", "\(type(of: error))")])
  }
}
