/// One line that answers a command. RFC 1939 §3
struct Reply: Hashable, Sendable {
  /// Tells a program why. RFC 2449 §8, RFC 3206
  enum Code: String, Hashable, Sendable {
    case auth = "AUTH"
    case inUse = "IN-USE"
    case temporary = "SYS/TEMP"
    case permanent = "SYS/PERM"
  }

  let isPositive: Bool
  let code: Code?
  let text: String

  static func ok(_ text: String) -> Reply { Reply(isPositive: true, code: nil, text: text) }

  static func err(_ text: String, _ code: Code? = nil) -> Reply {
    Reply(isPositive: false, code: code, text: text)
  }

  /// As sent, with CRLF; at most 512 octets. RFC 2449 §4
  var bytes: [UInt8] {
    var bytes = Array((isPositive ? "+OK " : "-ERR ").utf8)
    if let code { bytes += "[\(code.rawValue)] ".utf8 }
    bytes += text.utf8
    return bytes + [13, 10]
  }
}
