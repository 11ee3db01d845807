import Events
import Platform

/// The forms a textual setting comes in; each knows its own check and canonical spelling.
public enum SettingText: String, Sendable, Hashable {
  /// Any visible text of one line.
  case line = "text"
  case hostName = "host name"
  /// An IP address, or `all`.
  case address = "IP address"
  /// An IP address and a port, `192.0.2.1:53` or `[2001:db8::1]:53`.
  case endpoint = "address and port"
  /// An IP network in prefix form, `192.0.2.0/24`, or an address alone.
  case network = "IP network"
  /// An absolute path without `..`.
  case path = "absolute path"
  case localPart = "local part"
  case mailAddress = "mail address"
  case count = "number"
  /// A day, `2026-12-24`.
  case day = "day (YYYY-MM-DD)"
  /// Visible text of one or more lines.
  case lines = "text of several lines"
  /// A loopback address and a port, or an absolute path.
  case localSocket = "loopback address and port, or absolute path"
  /// `www-data=web@example.org`; the account is a name, a number, or `*`.
  case account = "account=mail address"
  /// `name=certificate.pem:key.pem`, both absolute paths.
  case certificate = "name=certificate:key"
  /// `HOST:PORT` with what else a smart host needs.
  case gateway
  /// `DESTINATION=TRANSPORT:HOST:PORT` with a demand on TLS.
  case route

  func canonical(_ text: String) throws(SettingKind.Failure) -> String {
    let isVisible = text.unicodeScalars.allSatisfy {
      NameCharacters.isVisible($0) || (self == .lines && ($0 == "\n" || $0 == "\r" || $0 == "\t"))
    }
    guard isVisible else {
      throw SettingKind.Failure(reason: "it holds characters that cannot be seen")
    }
    let canonical: String? =
      switch self {
      case .line: String(decoding: text._nfcCodeUnits, as: UTF8.self)
      case .lines: Self.lines(text)
      case .localSocket: Self.localSocket(text)
      case .account: Self.account(text)
      case .day: Timestamp(rfc3339: "\(text)T00:00:00Z").map { _ in text }
      case .hostName: Self.hostName(text)
      case .address: text.lowercased() == "all" ? "all" : IPAddress(text)?.description
      case .endpoint: Self.endpoint(text)
      case .network: IPNetwork(text)?.description
      case .path: Self.path(text)
      case .localPart: Self.localPart(text)
      case .mailAddress: Self.mailAddress(text)
      case .count: Int(text).flatMap { $0 >= 0 ? String($0) : nil }
      case .certificate: Self.certificate(text)
      case .gateway: GatewayLine(text)?.text
      case .route: RouteLine(text)?.text
      }
    guard let canonical else { throw SettingKind.Failure(reason: "it is no \(rawValue)") }
    return canonical
  }

  /// One line feed ends a line, however it was written.
  private static func lines(_ text: String) -> String {
    let octets = Array(text._nfcCodeUnits)
    let kept = octets.indices.filter { octets[$0] != 13 }.map { octets[$0] }
    return String(decoding: kept, as: UTF8.self)
  }

  private static func localSocket(_ text: String) -> String? {
    if let path = path(text) { return path }
    guard let end = endpoint(text), end.hasPrefix("127.") || end.hasPrefix("[::1]:") else {
      return nil
    }
    return end
  }

  private static func account(_ text: String) -> String? {
    guard let equals = text.firstIndex(of: "="),
      let address = mailAddress(String(text[text.index(after: equals)...]))
    else { return nil }
    let name = text[..<equals]
    let isPlain = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2A }
    guard !name.isEmpty, isPlain || name == "*" else { return nil }
    return "\(name)=\(address)"
  }

  private static func hostName(_ text: String) -> String? {
    do { return try DomainName(text).text } catch { return nil }
  }

  private static func localPart(_ text: String) -> String? {
    do { return try LocalPart.registering(text).description } catch { return nil }
  }

  private static func mailAddress(_ text: String) -> String? {
    do { return try AliasTargets.canonical(text) } catch { return nil }
  }

  private static func path(_ text: String) -> String? {
    guard text.hasPrefix("/") else { return nil }
    let levels = text.split(separator: "/", omittingEmptySubsequences: true)
    guard !levels.contains(".."), !levels.contains(".") else { return nil }
    return "/" + levels.joined(separator: "/")
  }

  private static func endpoint(_ text: String) -> String? {
    guard let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
    else { return nil }
    let host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      return IPAddress(String(host.dropFirst().dropLast())).map { "[\($0)]:\(port)" }
    }
    return host.contains(":") ? nil : IPAddress(String(host)).map { "\($0):\(port)" }
  }

  private static func certificate(_ text: String) -> String? {
    guard let equals = text.firstIndex(of: "="), let name = hostName(String(text[..<equals])) else {
      return nil
    }
    let files = text[text.index(after: equals)...].split(separator: ":")
    guard files.count == 2, let chain = path(String(files[0])), let key = path(String(files[1]))
    else { return nil }
    return "\(name)=\(chain):\(key)"
  }
}
