/// The script a letter belongs to, as far as telling look-alike names apart needs it.
///
/// A coarse reading of Unicode's blocks: letters of one script are one case, what is not listed is
/// `.other`. Names that mix scripts are how `аdmin` with a Cyrillic а passes for `admin`. UTS 39 §5.1
enum WritingSystem: Hashable {
  case latin, greek, cyrillic, armenian, hebrew, arabic, indic, thai, georgian, hangul, kana, han
  case other

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x41...0x24F, 0x1E00...0x1EFF: self = .latin
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF, 0xA640...0xA69F: self = .cyrillic
    case 0x530...0x58F: self = .armenian
    case 0x590...0x5FF: self = .hebrew
    case 0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF: self = .arabic
    case 0x900...0xDFF: self = .indic
    case 0xE00...0xE7F: self = .thai
    case 0x10A0...0x10FF, 0x1C90...0x1CBF, 0x2D00...0x2D2F: self = .georgian
    case 0x1100...0x11FF, 0x3130...0x318F, 0xA960...0xA97F, 0xAC00...0xD7FF: self = .hangul
    case 0x3040...0x30FF, 0x31F0...0x31FF: self = .kana
    case 0x3005, 0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x3134F: self = .han
    default: self = .other
    }
  }

  /// Whether the letters of `scalars` are of one script, or of scripts that are written together
  /// (Han with kana, Han with Hangul). Digits, marks and punctuation count for every script.
  static func isSingle(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
    var seen: Set<WritingSystem> = []
    for scalar in scalars where scalar.properties.isAlphabetic {
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark: continue
      default: seen.insert(WritingSystem(scalar))
      }
    }
    return seen.count <= 1 || seen == [.han, .kana] || seen == [.han, .hangul]
  }

  /// The ASCII letter that a lower-case Greek or Cyrillic letter is taken for, if any.
  static func lookalike(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    lookalikes[scalar]
  }

  private static let lookalikes: [Unicode.Scalar: Unicode.Scalar] = [
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ѐ": "e", "һ": "h", "н": "h", "і": "i",
    "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q",
    "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ԝ": "w", "х": "x", "у": "y",
    "α": "a", "β": "b", "ϲ": "c", "ε": "e", "η": "n", "ι": "i", "ϳ": "j", "κ": "k", "ν": "v",
    "ο": "o", "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w",
  ]
}
