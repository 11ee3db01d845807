/// A domain name in A-labels: lower case, without a dot at its end; the root is empty. RFC 1035 §2.3
///
/// Names of answers may hold any octet, escaped as libresolv writes them (`\032`); only one that
/// `isHostName` may be asked for.
public struct DNSName: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// The name above all, which as the host of an MX record says that there is no mail.
  public static let root = DNSName(trusted: "")

  private init(trusted description: String) { self.description = description }

  /// Reads a name of letters, digits, hyphens and underscores: labels of 1 to 63 octets, 253 in
  /// all, and maybe a dot at the end. Nil for anything else, the root too.
  public init?(_ text: some StringProtocol) {
    var text = Substring(text)
    if text.utf8.last == UInt8(ascii: ".") { text = text.dropLast() }
    guard Self.isHostName(text) else { return nil }
    description = text.lowercased()
  }

  /// A name as libresolv writes it.
  init(cString: UnsafePointer<CChar>) {
    let text = String(cString: cString).lowercased()
    let endsInDot = text.hasSuffix(".") && !text.hasSuffix("\\.")
    description = endsInDot ? String(text.dropLast()) : text
  }

  /// The name whose PTR records name an address. RFC 1035 §3.5, RFC 3596 §2.5
  public init(reverse address: IPAddress) {
    if address.isV4 {
      let octets = (0..<4).map { "\(address.low >> UInt64(8 * $0) & 0xff)" }
      description = octets.joined(separator: ".") + ".in-addr.arpa"
    } else {
      let digits = (0..<32).map { index in
        let half = index < 16 ? address.low : address.high
        return String(half >> UInt64(4 * (index & 15)) & 0xf, radix: 16)
      }
      description = digits.joined(separator: ".") + ".ip6.arpa"
    }
  }

  public var isRoot: Bool { description.isEmpty }

  /// Whether it is made of letters, digits, hyphens and underscores.
  public var isHostName: Bool { Self.isHostName(description[...]) }

  private static func isHostName(_ text: Substring) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    var length = 0
    for octet in text.utf8 {
      switch octet {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: length += 1
      case 0x2e where length > 0: length = 0
      default: return false
      }
      guard length <= 63 else { return false }
    }
    return length > 0
  }
}
