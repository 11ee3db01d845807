/// A character set that is understood without the help of a library.
public enum Charset: Hashable, Sendable {
  case utf8, ascii, latin1, latin9, windows1252

  /// The set that MIME calls `name`, in whatever case, or nil if it is not one of these.
  public init?(name: [UInt8]) {
    switch String(decoding: name.lowercased, as: UTF8.self) {
    case "utf-8", "utf8", "unicode-1-1-utf-8": self = .utf8
    case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us": self = .ascii
    case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1": self = .latin1
    case "iso-8859-15", "iso8859-15", "iso_8859-15", "latin9", "latin-9": self = .latin9
    case "windows-1252", "cp1252", "cp-1252", "x-cp1252", "ansi": self = .windows1252
    default: return nil
    }
  }

  /// The UTF-8 form of `octets`; U+FFFD stands for what is not valid in this set.
  public func utf8(_ octets: [UInt8]) -> [UInt8] {
    guard octets.contains(where: { $0 > 127 }) else { return octets }
    if self == .utf8 { return Array(String(decoding: octets, as: UTF8.self).utf8) }
    var text: [UInt8] = []
    text.reserveCapacity(octets.count * 2)
    for octet in octets {
      let scalar = scalar(octet)
      switch scalar {
      case 0..<0x80:
        text.append(UInt8(truncatingIfNeeded: scalar))
      case 0x80..<0x800:
        text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
        text.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
      default:
        text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
        text.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
        text.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
      }
    }
    return text
  }

  /// The Unicode scalar of one octet of a set of 256; all are below U+10000.
  private func scalar(_ octet: UInt8) -> UInt32 {
    guard octet > 127 else { return UInt32(octet) }
    switch self {
    case .utf8, .ascii: return 0xFFFD
    case .latin1: return UInt32(octet)
    case .latin9: return Charset.latin9Differences[octet] ?? UInt32(octet)
    case .windows1252:
      return octet < 160 ? UInt32(Charset.windows1252Upper[Int(octet) - 128]) : UInt32(octet)
    }
  }

  /// Where ISO 8859-15 differs from ISO 8859-1.
  private static let latin9Differences: [UInt8: UInt32] = [
    0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152, 0xBD: 0x153,
    0xBE: 0x178,
  ]

  /// The scalars of windows-1252 from 0x80 to 0x9F.
  private static let windows1252Upper: [UInt16] = [
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
  ]
}
