import Platform
import TestKit
import Testing

@testable import Ledger

/// A crash is told from damage at the end of a file of checkpoints.
@Suite struct TornNoteTests {
  private func note() throws -> (bytes: [UInt8], origin: String) {
    let origin = "daybook/5d0c3c1e-8f5a-4f6b-9d2f-1d2c3b4a5f60"
    let entropy = SeededEntropy(seed: 3)
    let signer = try NoteSigner(name: origin, seed: entropy.key())
    let head = try Checkpoint(origin: origin, size: 1_234, root: SHA256.digest([1]))
    return (Array((try signer.sign(head.text).description + "\n").utf8), origin)
  }

  @Test func `Every beginning of a note, and every lost sector of it, is a crash's`() throws {
    let (bytes, origin) = try note()
    for count in 0..<bytes.count {
      check(
        TornNote.matches(Array(bytes[..<count]), at: 700, origin: origin), true, "\(count) bytes")
    }
    for offset in [300, 400, 511] {
      var torn = bytes
      let border = min(bytes.count, 512 - offset)
      for index in border..<torn.count { torn[index] = 0 }
      check(TornNote.matches(torn, at: offset, origin: origin), true, "the second, at \(offset)")
      torn = bytes
      for index in 0..<border { torn[index] = 0 }
      check(TornNote.matches(torn, at: offset, origin: origin), true, "the first, at \(offset)")
    }
  }

  /// Those that leave the note well formed are found by its signature.
  @Test func `A flip that makes the note no note is damage`() throws {
    let (bytes, origin) = try note()
    var malformed = 0
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      guard flipped.suffix(2) != [10, 10] || (try? SignedNote(Array(flipped.dropLast()))) == nil
      else { continue }
      malformed += 1
      check(TornNote.matches(flipped, at: 100, origin: origin), false, "bit \(bit)")
    }
    check(malformed > 300, true, "\(malformed) flips")
    check(TornNote.matches(bytes + [65], at: 0, origin: origin), false, "something behind it")
  }
}
