/// Which Unicode scalars names may hold: a whitelist by general category.
enum NameCharacters {
  /// Letters, marks and digits outside the compatibility blocks, and the ASCII hyphen: what labels
  /// and local parts are made of. Full-width, mathematical and ligature forms would make a second
  /// spelling of the same name.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "-" { return true }
    switch scalar.value {
    case 0x2100...0x214F, 0x2460...0x24FF, 0x3200...0x33FF, 0xF900...0xFAFF, 0xFB00...0xFDFF,
      0xFE70...0xFEFF, 0xFF00...0xFFEF, 0x1D400...0x1D7FF, 0x1EE00...0x1EEFF, 0x1F100...0x1F2FF,
      0x2F800...0x2FA1F:
      return false
    default: break
    }
    if scalar.properties.isDefaultIgnorableCodePoint { return false }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
      .decimalNumber:
      return true
    default: return false
    }
  }

  /// What a mailbox name or a display name may hold: everything that can be seen, and spaces; no
  /// controls, no line separators, no unassigned or private code points, no direction overrides.
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE0FFF: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      return false
    default: return true
    }
  }
}
