/// Passwords in the one form that is hashed and compared. RFC 8265 §4.2
public enum Password {
  /// The longest password, in octets of UTF-8.
  public static let longest = 1_024

  /// The octets that stand for `raw`, or nil where it can be nobody's password: empty, over
  /// `longest`, not UTF-8, or with control characters in it.
  ///
  /// The OpaqueString profile: spaces of other scripts become U+0020, then NFC. SCRAM clients that
  /// prepare with SASLprep (now obsolete) come to the same octets but for compatibility characters
  /// such as ligatures and full-width letters.
  public static func prepared(_ raw: [UInt8]) -> [UInt8]? {
    guard (1...longest).contains(raw.count) else { return nil }
    if raw.allSatisfy({ (0x20..<0x7f).contains($0) }) { return raw }
    guard let text = String(validating: raw, as: UTF8.self) else { return nil }
    var mapped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control: return nil
      case .spaceSeparator: mapped.append(" ")
      default: mapped.append(scalar)
      }
    }
    return String(mapped)._nfcCodeUnits
  }
}

/// Why a password was not taken.
public enum PasswordRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Empty, over 1,024 octets, not UTF-8, or with control characters in it.
  case unusable

  public var description: String {
    "a password is 1 to \(Password.longest) octets of UTF-8 without control characters"
  }
}
