/// What a crash can leave of the note that was being appended to a file of checkpoints.
///
/// It is a beginning of the note, in which sectors may be zeros; anything else that is no note was
/// damaged. So a flipped bit in the last note is not taken for a crash.
struct TornNote {
  private static let sector = 512
  /// Base64 of a root; of a key id and an Ed25519 signature.
  private static let rootCount = 44
  private static let signatureCount = 92

  private let rest: [UInt8]
  private var at = 0
  /// Zeros hide where the parts behind the size begin.
  private var isBlind = false

  /// Whether `rest`, which begins at `offset` of its file, is such a remain of a note of `origin`.
  static func matches(_ rest: [UInt8], at offset: Int, origin: String) -> Bool {
    guard !rest.isEmpty else { return true }
    guard sectorsAreWhole(rest, offset) else { return false }
    var note = TornNote(rest: rest)
    let name = Array(origin.utf8)
    guard note.skip(name), note.skip([0x0A]), note.skipDigits() else { return false }
    if note.isBlind { return true }
    return note.skip([0x0A])
      && note.skipBase64(rootCount) && note.skip([0x0A, 0x0A])
      && note.skip(Array("\u{2014} ".utf8)) && note.skip(name) && note.skip([0x20])
      && note.skipBase64(signatureCount) && note.skip([0x0A, 0x0A])
      && (rest.count < note.at || rest.contains(0) && rest.count == note.at)
  }

  private init(rest: [UInt8]) { self.rest = rest }

  /// Whether each sector's part is zeros or has none.
  private static func sectorsAreWhole(_ rest: [UInt8], _ offset: Int) -> Bool {
    var start = 0
    while start < rest.count {
      let end = min(rest.count, (offset + start) / sector * sector + sector - offset)
      let zeros = rest[start..<end].count { $0 == 0 }
      guard zeros == 0 || zeros == end - start else { return false }
      start = end
    }
    return true
  }

  /// Moves over `count` bytes that fit, are zeros, or are not there.
  private mutating func skip(_ count: Int, _ fits: (Int, UInt8) -> Bool) -> Bool {
    for index in 0..<count where at + index < rest.count {
      let byte = rest[at + index]
      guard byte == 0 || fits(index, byte) else { return false }
    }
    at += count
    return true
  }

  private mutating func skip(_ bytes: [UInt8]) -> Bool {
    skip(bytes.count) { bytes[$0] == $1 }
  }

  private mutating func skipBase64(_ count: Int) -> Bool {
    skip(count) { _, byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
        UInt8(ascii: "="):
        true
      default: false
      }
    }
  }

  /// Moves over the size. Where zeros hide how many digits it has, nothing behind it is looked at.
  private mutating func skipDigits() -> Bool {
    let digits = rest[min(at, rest.count)...].prefix {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
    }
    at += digits.count
    if at < rest.count, rest[at] == 0 { isBlind = true }
    return !digits.isEmpty || isBlind || at >= rest.count
  }
}
