import CPlatform
import Platform

/// One end of a connection, or where a listener listens.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
  case ip(IPAddress, port: UInt16)
  /// A Unix-domain socket; empty at the client's end.
  case unix(path: String)

  /// Reads `192.0.2.1:25` or `[2001:db8::1]:25`.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard let port = UInt16(digits), digits.first != "+" else { return nil }
    if host.first == "[", host.last == "]" {
      host = host.dropFirst().dropLast()
      guard let address = IPAddress(String(host)), host.contains(":") else { return nil }
      self = .ip(address, port: port)
    } else {
      guard let address = IPAddress(String(host)), !host.contains(":") else { return nil }
      self = .ip(address, port: port)
    }
  }

  public var ip: IPAddress? {
    if case .ip(let address, _) = self { return address }
    return nil
  }

  public var port: UInt16? {
    if case .ip(_, let port) = self { return port }
    return nil
  }

  public var description: String {
    switch self {
    case .ip(let address, let port):
      return address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    case .unix(let path): return "unix:\(path)"
    }
  }

  init(_ end: daybook_endpoint, path: String = "") {
    self =
      end.family == 1
      ? .unix(path: path)
      : .ip(IPAddress(high: end.high, low: end.low), port: end.port)
  }

  /// What the C functions take; nil for a Unix socket.
  var endpoint: daybook_endpoint? {
    guard case .ip(let address, let port) = self else { return nil }
    return daybook_endpoint(
      high: address.high, low: address.low, port: port, family: address.isV4 ? 4 : 6)
  }
}
