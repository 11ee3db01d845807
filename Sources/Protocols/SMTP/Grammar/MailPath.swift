/// A mailbox as it stands between the angle brackets of MAIL and RCPT. RFC 5321 §4.1.2
///
/// Octets are kept as sent, but for the quotes of a quoted local part; comparison and case are the
/// directory's business.
public struct MailPath: Hashable, Sendable {
  /// The local part, unquoted: at most 64 octets. RFC 5321 §4.5.3.1.1
  public var localPart: [UInt8]
  /// The domain or address literal, brackets included: at most 255 octets; empty for the bare
  /// `<Postmaster>`. RFC 5321 §4.5.3.1.2
  public var domain: [UInt8]

  public init(localPart: [UInt8], domain: [UInt8]) {
    self.localPart = localPart
    self.domain = domain
  }

  /// Whether any octet is outside US-ASCII, which needs SMTPUTF8. RFC 6531 §3.3
  public var isInternationalized: Bool {
    localPart.contains { $0 >= 0x80 } || domain.contains { $0 >= 0x80 }
  }

  /// The path as a header or a reply shows it, the local part quoted where it must be.
  public var text: [UInt8] {
    var text = Self.needsQuotes(localPart) ? Self.quoted(localPart) : localPart
    if !domain.isEmpty {
      text.append(UInt8(ascii: "@"))
      text += domain
    }
    return text
  }

  private static func needsQuotes(_ localPart: [UInt8]) -> Bool {
    var previousIsDot = true
    for octet in localPart {
      if octet == UInt8(ascii: ".") {
        if previousIsDot { return true }
        previousIsDot = true
      } else {
        if !Octet.isAtomText(octet) { return true }
        previousIsDot = false
      }
    }
    return previousIsDot
  }

  private static func quoted(_ localPart: [UInt8]) -> [UInt8] {
    var text: [UInt8] = [UInt8(ascii: "\"")]
    for octet in localPart {
      if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") {
        text.append(UInt8(ascii: "\\"))
      }
      text.append(octet)
    }
    text.append(UInt8(ascii: "\""))
    return text
  }
}
