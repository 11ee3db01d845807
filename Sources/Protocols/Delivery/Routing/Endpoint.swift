import Network

/// One place a message can be brought to.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// The server's name, for SNI and certificates; the text of its address where it has none.
  public let host: String
  public let address: SocketAddress
  /// Of the MX record; nil where there was none.
  public let preference: UInt16?

  public init(host: String, address: SocketAddress, preference: UInt16? = nil) {
    self.host = host
    self.address = address
    self.preference = preference
  }

  /// A place without a name.
  public init(_ address: SocketAddress) {
    self.init(host: address.ip?.description ?? "localhost", address: address)
  }

  public var description: String { "\(host) [\(address)]" }
}
