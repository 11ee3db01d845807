/// What the two sides of an encrypted connection agreed on.
public struct TLSFacts: Hashable, Sendable {
  /// `TLSv1.2` or `TLSv1.3`.
  public let version: String
  /// As OpenSSL names it, e.g. `TLS_AES_256_GCM_SHA384`.
  public let cipher: String
  /// Bits of the cipher's key.
  public let bits: Int
  /// The host name the client asked for (SNI), in lower case.
  public let serverName: String?
  /// Whether an earlier session was resumed with a ticket.
  public let isResumed: Bool
}

/// A value that both ends of one TLS connection can compute and a relay cannot. RFC 5056 §2.1
public enum ChannelBinding: String, Hashable, Sendable, CaseIterable {
  /// RFC 9266
  case exporter = "tls-exporter"
  /// RFC 5929 §3; of TLS 1.2 only.
  case unique = "tls-unique"
  /// RFC 5929 §4
  case serverEndPoint = "tls-server-end-point"
}

/// Why a certificate, a key or a trust store cannot be used.
public struct TLSRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was to be used: a path, or `PEM text`.
  public let subject: String
  public let reason: String

  public var description: String { "\(subject): \(reason)" }
}

/// The least version of TLS that is spoken.
public enum TLSFloor: String, Hashable, Sendable, CaseIterable {
  case tls12 = "1.2"
  case tls13 = "1.3"

  var code: Int32 { self == .tls12 ? 0x0303 : 0x0304 }
}
