/// The octets of the commands that have parameters. RFC 5321 §4.1.1
enum ClientCommand {
  /// Octets of an address with its brackets. RFC 5321 §4.5.3.1.3
  static let longestPath = 256

  // mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
  static func mail(_ envelope: OutboundEnvelope, _ features: ServerFeatures) -> [UInt8] {
    var line = Array("MAIL FROM:<".utf8) + envelope.sender + [UInt8(ascii: ">")]
    if features.size, let size = envelope.size { line += " SIZE=\(size)".utf8 }
    if envelope.hasEightBit { line += " BODY=8BITMIME".utf8 }
    if features.internationalized, envelope.needsUTF8 { line += " SMTPUTF8".utf8 }
    if features.deliveryReports {
      if let returns = envelope.returns { line += " RET=\(returns.rawValue)".utf8 }
      if let identifier = envelope.identifier { line += " ENVID=".utf8 + xtext(identifier) }
    }
    return line + [13, 10]
  }

  // rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
  static func recipient(_ recipient: OutboundRecipient, _ features: ServerFeatures) -> [UInt8] {
    var line = Array("RCPT TO:<".utf8) + recipient.address + [UInt8(ascii: ">")]
    if features.deliveryReports {
      if let notify = recipient.notify { line += " NOTIFY=\(names(notify))".utf8 }
      if let original = recipient.original, isAtom(original.type) {
        line += " ORCPT=\(original.type);".utf8 + xtext(original.address)
      }
    }
    return line + [13, 10]
  }

  /// Whether an address can stand between the brackets without ending them or the line.
  static func isSafe(_ address: [UInt8]) -> Bool {
    guard address.count <= longestPath - 2 else { return false }
    var isQuoted = false
    var isEscaped = false
    for octet in address {
      guard octet >= 0x20, octet != 0x7f else { return false }
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        if octet == UInt8(ascii: "\\") { isEscaped = true }
        if octet == UInt8(ascii: "\"") { isQuoted = false }
      } else {
        switch octet {
        case UInt8(ascii: "\""): isQuoted = true
        case UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"):
          return false
        default: break
        }
      }
    }
    return !isQuoted && !isEscaped
  }

  // xtext = *( xchar / hexchar ); hexchar = "+" two upper-case hexadecimal digits. RFC 3461 §4
  static func xtext(_ octets: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    for octet in octets {
      if (0x21...0x7e).contains(octet), octet != UInt8(ascii: "+"), octet != UInt8(ascii: "=") {
        text.append(octet)
      } else {
        text += [UInt8(ascii: "+"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
      }
    }
    return text
  }

  private static func names(_ notify: OutboundRecipient.Notify) -> String {
    var names: [String] = []
    if notify.contains(.success) { names.append("SUCCESS") }
    if notify.contains(.failure) { names.append("FAILURE") }
    if notify.contains(.delay) { names.append("DELAY") }
    return names.isEmpty ? "NEVER" : names.joined(separator: ",")
  }

  private static func isAtom(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { octet in
        switch octet {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d: true
        default: false
        }
      }
  }
}
