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
  case count = "number"
  /// `name=certificate.pem:key.pem`, both absolute paths.
  case certificate = "name=certificate:key"

  func canonical(_ text: String) throws(SettingKind.Failure) -> String {
    guard text.unicodeScalars.allSatisfy(NameCharacters.isVisible) else {
      throw SettingKind.Failure(reason: "it holds characters that cannot be seen")
    }
    let canonical: String? =
      switch self {
      case .line: String(decoding: text._nfcCodeUnits, as: UTF8.self)
      case .hostName: Self.hostName(text)
      case .address: text.lowercased() == "all" ? "all" : IPAddress(text)?.description
      case .endpoint: Self.endpoint(text)
      case .network: IPNetwork(text)?.description
      case .path: Self.path(text)
      case .localPart: Self.localPart(text)
      case .count: Int(text).flatMap { $0 >= 0 ? String($0) : nil }
      case .certificate: Self.certificate(text)
      }
    guard let canonical else { throw SettingKind.Failure(reason: "it is no \(rawValue)") }
    return canonical
  }

  private static func hostName(_ text: String) -> String? {
    do { return try DomainName(text).text } catch { return nil }
  }

  private static func localPart(_ text: String) -> String? {
    do { return try LocalPart.registering(text).description } catch { return nil }
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
