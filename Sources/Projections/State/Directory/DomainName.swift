import Events

/// The canonical name of a mail domain: lower-case A-labels joined by dots. RFC 5890 §2.3.2.1
///
/// A U-label and its A-label give the same value, so a domain has one name in SMTP, IMAP, the
/// command line and the journal.
public struct DomainName: Hashable, Sendable, CustomStringConvertible {
  /// ASCII, 1 to 253 octets, no trailing dot.
  public let text: String

  public var description: String { text }

  /// Reads a name of A-labels, U-labels or both; one trailing dot is dropped.
  ///
  /// Throws `Refusal.invalid` with the label at fault: empty, longer than 63 octets, characters
  /// outside letters, digits and hyphens, mixed scripts, or an `xn--` label that is no encoding.
  public init(_ raw: some StringProtocol) throws(Refusal) {
    var text = String(raw)
    if text.hasSuffix(".") { text.removeLast() }
    var labels: [String] = []
    for label in text.split(separator: ".", omittingEmptySubsequences: false) {
      labels.append(try Self.canonical(label: label))
    }
    let name = labels.joined(separator: ".")
    guard name.utf8.count <= 253 else {
      throw .invalid(what: "domain name", why: "it is longer than 253 octets")
    }
    guard let top = labels.last, !top.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .invalid(what: "domain name", why: "the last label is a number")
    }
    self.text = name
  }

  /// Takes a name that a fold already made canonical.
  init(canonical text: String) { self.text = text }

  /// RFC 5890 §2.3.1: letters, digits, hyphens inside; other scripts through Punycode.
  private static func canonical(label: Substring) throws(Refusal) -> String {
    let lower = label.lowercased()
    let scalars: [Unicode.Scalar]
    if lower.utf8.allSatisfy({ $0 < 0x80 }) {
      guard lower.hasPrefix("xn--") else { return try checkedASCII(lower) }
      guard let decoded = Punycode.decode(Array(lower.utf8.dropFirst(4))),
        decoded.contains(where: { !$0.isASCII })
      else { throw .invalid(what: "domain name", why: "\(lower) is not a valid A-label") }
      scalars = decoded
    } else {
      scalars = Array(String(decoding: lower._nfcCodeUnits, as: UTF8.self).unicodeScalars)
    }
    try check(scalars)
    guard let encoded = Punycode.encode(scalars) else {
      throw .invalid(what: "domain name", why: "a label cannot be encoded")
    }
    let name = try checkedASCII("xn--" + String(decoding: encoded, as: UTF8.self))
    guard !lower.hasPrefix("xn--") || name == lower else {
      throw .invalid(what: "domain name", why: "\(lower) is not a canonical A-label")
    }
    return name
  }

  /// What a U-label may hold: lower-case letters, marks and digits of one script. RFC 5892 §3
  private static func check(_ scalars: [Unicode.Scalar]) throws(Refusal) {
    let text = String(String.UnicodeScalarView(scalars))
    let canonical = text.lowercased()._nfcCodeUnits
    guard canonical.elementsEqual(text.utf8), scalars.allSatisfy(NameCharacters.isWord),
      WritingSystem.isSingle(scalars)
    else {
      throw .invalid(
        what: "domain name", why: "a label holds letters that are not allowed together")
    }
  }

  private static func checkedASCII(_ label: String) throws(Refusal) -> String {
    let bytes = Array(label.utf8)
    guard (1...63).contains(bytes.count) else {
      throw .invalid(what: "domain name", why: "a label is empty or longer than 63 octets")
    }
    let hyphen = UInt8(ascii: "-")
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen:
        true
      default: false
      }
    }
    guard isPlain, bytes.first != hyphen, bytes.last != hyphen else {
      throw .invalid(what: "domain name", why: "a label holds more than letters, digits, hyphens")
    }
    let isReserved = bytes.count > 3 && bytes[2] == hyphen && bytes[3] == hyphen
    guard !isReserved || label.hasPrefix("xn--") else {
      throw .invalid(what: "domain name", why: "\(label) has hyphens in places three and four")
    }
    return label
  }
}
