import Platform

/// How far TLS goes with a server that mail is brought to.
public enum TLSDemand: String, Hashable, Sendable, CaseIterable {
  case none
  /// Where it is offered, with whoever is there. RFC 7435
  case may
  /// Nothing is sent without it.
  case must
  /// And only to the server its certificate names.
  case verify
  /// From the first octet, to the server its certificate names. RFC 8314 §3
  case implicit
}

/// A host and a port, as an operator writes them: `mx.test:25`, `192.0.2.1:25`, `[2001:db8::1]:25`.
public struct DeliveryPlace: Hashable, Sendable {
  public let host: String
  public let port: UInt16

  init?(_ text: some StringProtocol, standard: UInt16? = nil) {
    var host = Substring(text)
    var port = standard
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      let rest = host[host.index(after: end)...]
      if rest.hasPrefix(":") {
        port = UInt16(rest.dropFirst())
      } else if !rest.isEmpty {
        return nil
      }
      host = host[host.index(after: host.startIndex)..<end]
      guard host.contains(":"), IPAddress(String(host)) != nil else { return nil }
    } else {
      if let colon = host.lastIndex(of: ":") {
        port = UInt16(host[host.index(after: colon)...])
        host = host[..<colon]
      }
      guard IPAddress(String(host)) != nil || (try? DomainName(host)) != nil else { return nil }
    }
    guard let port, port > 0 else { return nil }
    self.host = host.lowercased()
    self.port = port
  }

  var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A smart host for a range of priorities:
/// `HOST:PORT [priority=FROM-TO] [tls=none|may|must|verify|implicit] [user=NAME password-file=PATH]`.
public struct GatewayLine: Hashable, Sendable {
  public let place: DeliveryPlace
  public private(set) var priorities = 1...10
  public private(set) var security = TLSDemand.may
  public private(set) var user: String?
  /// A file that holds the password, and maybe a line end.
  public private(set) var passwordFile: String?

  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let first = words.first, let place = DeliveryPlace(first) else { return nil }
    self.place = place
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else { return nil }
      let value = String(word[word.index(after: equals)...])
      switch word[..<equals] {
      case "priority":
        let ends = value.split(separator: "-").compactMap { Int($0) }
        guard let low = ends.first, let high = ends.last, ends.count <= 2, 1 <= low, low <= high,
          high <= 10
        else { return nil }
        priorities = low...high
      case "tls":
        guard let demand = TLSDemand(rawValue: value) else { return nil }
        security = demand
      case "user":
        guard !value.isEmpty else { return nil }
        user = value
      case "password-file":
        guard value.hasPrefix("/") else { return nil }
        passwordFile = value
      default: return nil
      }
    }
    guard (user == nil) == (passwordFile == nil) else { return nil }
  }

  var text: String {
    var words = [place.text]
    if priorities != 1...10 {
      words.append("priority=\(priorities.lowerBound)-\(priorities.upperBound)")
    }
    if security != .may { words.append("tls=\(security.rawValue)") }
    if let user { words.append("user=\(user)") }
    if let passwordFile { words.append("password-file=\(passwordFile)") }
    return words.joined(separator: " ")
  }
}

/// How mail to one destination is brought there, instead of as the DNS says:
/// `DESTINATION=TRANSPORT[:HOST[:PORT]] [tls=none|may|must|verify|implicit]`.
///
/// DESTINATION is a domain, `.domain` for all domains below it, or `*`; TRANSPORT is `smtp` or
/// `lmtp`. `smtp` without a host is the way of the DNS, with a demand on TLS; `lmtp:/path` is a socket.
public struct RouteLine: Hashable, Sendable {
  public enum Goal: Hashable, Sendable {
    /// The exchanges of the domain.
    case exchanges
    case place(DeliveryPlace)
    case socket(String)
  }

  public let destination: String
  public let isLocal: Bool
  public let goal: Goal
  public private(set) var security = TLSDemand.may

  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let first = words.first, let equals = first.firstIndex(of: "=") else { return nil }
    let name = first[..<equals]
    let stem = name.hasPrefix(".") ? name.dropFirst() : name
    if name == "*" {
      destination = "*"
    } else {
      guard let domain = try? DomainName(stem) else { return nil }
      destination = (name.hasPrefix(".") ? "." : "") + domain.text
    }
    let target = first[first.index(after: equals)...]
    let transport = target.prefix { $0 != ":" }
    guard transport == "smtp" || transport == "lmtp" else { return nil }
    isLocal = transport == "lmtp"
    let rest = target.dropFirst(transport.count + 1)
    if target.count == transport.count {
      guard !isLocal else { return nil }
      goal = .exchanges
    } else if rest.hasPrefix("/"), isLocal {
      goal = .socket(String(rest))
    } else {
      guard let place = DeliveryPlace(rest, standard: isLocal ? 24 : 25) else { return nil }
      goal = .place(place)
    }
    for word in words.dropFirst() {
      guard word.hasPrefix("tls="), let demand = TLSDemand(rawValue: String(word.dropFirst(4)))
      else { return nil }
      security = demand
    }
  }

  /// Whether it is meant for a domain, and how closely: a name is closer than what lies above it.
  public func closeness(to domain: String) -> Int? {
    if destination == "*" { return 0 }
    if destination.hasPrefix(".") { return domain.hasSuffix(destination) ? destination.count : nil }
    return domain == destination ? .max : nil
  }

  var text: String {
    let transport = isLocal ? "lmtp" : "smtp"
    let target =
      switch goal {
      case .exchanges: transport
      case .place(let place): "\(transport):\(place.text)"
      case .socket(let path): "\(transport):\(path)"
      }
    return "\(destination)=\(target)" + (security == .may ? "" : " tls=\(security.rawValue)")
  }
}
