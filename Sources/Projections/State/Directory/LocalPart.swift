import Events

/// The canonical form of what stands before the `@`: lower case, NFC, UTF-8.
///
/// Every door (SMTP, IMAP, POP, the command line) compares this form and nothing else, so an
/// address names one mailbox however it is spelled. RFC 5321 §2.4, RFC 6530 §10.1
public struct LocalPart: Hashable, Sendable, CustomStringConvertible {
  /// Canonical UTF-8, 1 to 64 octets.
  public let bytes: [UInt8]

  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// The form to look an address up by, or nil for what can be no local part: empty, over 64
  /// octets (RFC 5321 §4.5.3.1.1), or not UTF-8.
  public init?(_ raw: [UInt8]) {
    guard (1...64).contains(raw.count) else { return nil }
    if raw.allSatisfy({ $0 < 0x80 }) {
      bytes = raw.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      return
    }
    guard let text = String(validating: raw, as: UTF8.self) else { return nil }
    let composed = String(decoding: text._nfcCodeUnits, as: UTF8.self)
    let canonical = composed.lowercased()._nfcCodeUnits
    guard canonical.count <= 64 else { return nil }
    bytes = canonical
  }

  public init?(_ text: String) { self.init(Array(text.utf8)) }

  /// Takes bytes that a fold already made canonical.
  init(canonical bytes: [UInt8]) { self.bytes = bytes }

  /// The form under which a new address is registered: letters, marks and digits of one script,
  /// and `.`, `_`, `-`, `'` between them.
  ///
  /// Throws `Refusal.invalid` for everything else: `/`, `..`, `%`, controls, invisible and
  /// full-width characters, mixed scripts. `+` is left to plus-addressing.
  public static func registering(_ text: String) throws(Refusal) -> LocalPart {
    guard let part = LocalPart(text) else {
      throw .invalid(what: "local part", why: "it is empty or longer than 64 octets")
    }
    let scalars = Array(part.description.unicodeScalars)
    let punctuation: Set<Unicode.Scalar> = [".", "_", "-", "'"]
    guard scalars.allSatisfy({ punctuation.contains($0) || NameCharacters.isWord($0) }) else {
      throw .invalid(
        what: "local part", why: "it may hold letters, digits and . _ - ' and nothing else")
    }
    guard scalars.first != ".", scalars.last != ".", !part.description.contains("..") else {
      throw .invalid(what: "local part", why: "a dot stands first, last or beside another")
    }
    guard WritingSystem.isSingle(scalars) else {
      throw .invalid(what: "local part", why: "it mixes letters of several scripts")
    }
    return part
  }

  /// The ASCII local part this one can be mistaken for, or nil where it cannot. UTS 39 §4
  var lookalike: LocalPart? {
    var bytes: [UInt8] = []
    var isChanged = false
    for scalar in description.unicodeScalars {
      if let twin = WritingSystem.lookalike(of: scalar) {
        bytes.append(UInt8(twin.value))
        isChanged = true
      } else if scalar.isASCII {
        bytes.append(UInt8(scalar.value))
      } else {
        return nil
      }
    }
    return isChanged ? LocalPart(canonical: bytes) : nil
  }

  /// The part before the first `+` and the text after it, for `user+folder`; nil without one.
  public var plusAddress: (user: LocalPart, detail: String)? {
    guard let plus = bytes.firstIndex(of: UInt8(ascii: "+")), plus > 0 else { return nil }
    let detail = String(decoding: bytes[(plus + 1)...], as: UTF8.self)
    return (LocalPart(canonical: Array(bytes[..<plus])), detail)
  }
}
