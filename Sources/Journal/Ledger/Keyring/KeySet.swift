import Events
import Platform

/// The files of one generation: the epoch key twice, and the cells twice (`a` and `b`).
final class KeySet: Sendable {
  /// Cells reserved on disk at a time, at least; an eighth of what there is where that is more.
  static let reserve: UInt64 = 64
  static let copyNames: [Character] = ["a", "b"]

  let head: KeyFileHead
  let key: Key
  let copies: [any DiskFile]

  init(head: KeyFileHead, key: Key, copies: [any DiskFile]) {
    self.head = head
    self.key = key
    self.copies = copies
  }

  var generation: UInt32 { head.generation }

  /// Such as `keyring-0001.a` or `epoch-0001.b`.
  static func name(_ kind: String, _ generation: UInt32, _ copy: Character) -> String {
    let digits = String(generation)
    let padding = String(repeating: "0", count: max(0, 4 - digits.count))
    return "\(kind)-\(padding)\(digits).\(copy)"
  }

  /// The generation in a name made by `name`; nil for other names.
  static func generation(of name: String) -> UInt32? {
    for kind in ["keyring", "epoch"] where name.hasPrefix(kind + "-") {
      guard let generation = UInt32(name.dropFirst(kind.count + 1).dropLast(2)) else { continue }
      if copyNames.contains(where: { KeySet.name(kind, generation, $0) == name }) {
        return generation
      }
    }
    return nil
  }

  /// Where cell `number` (from 1) begins.
  static func offset(_ number: UInt64) -> UInt64 {
    UInt64(KeyFileHead.byteCount) + (number - 1) * UInt64(KeyCell.byteCount)
  }

  /// The bytes of `count` cells in one copy; zeros beyond its end.
  func cells(_ number: UInt64, count: Int, copy: Int) throws -> [UInt8] {
    var bytes = try copies[copy].read(count * KeyCell.byteCount, at: KeySet.offset(number))
    bytes.append(contentsOf: repeatElement(0, count: count * KeyCell.byteCount - bytes.count))
    return bytes
  }

  /// Makes both files long enough for the cells before `number`.
  func reserve(before number: UInt64) throws {
    let cells = number - 1 + max(1, number / 8)
    let rounded = (cells + KeySet.reserve - 1) / KeySet.reserve * KeySet.reserve
    let needed = KeySet.offset(number)
    let size = KeySet.offset(rounded + 1)
    for copy in copies where try copy.size() < needed {
      try copy.allocate(size)
      try copy.syncAll()
    }
  }

  /// Writes runs of cells to both copies, the first synced before the second is touched.
  func write(_ runs: [(number: UInt64, cells: [UInt8])]) throws {
    for copy in copies {
      for run in runs { try copy.write(run.cells, at: KeySet.offset(run.number)) }
      try copy.syncData()
    }
  }

  /// The valid reading of one cell, from whichever copy has it.
  func cell(_ number: UInt64) throws -> (cell: KeyCell, bytes: [UInt8])? {
    for copy in copies.indices {
      let bytes = try cells(number, count: 1, copy: copy)
      if case .cell(let cell) = CellReading(bytes.span, number: number, generation: generation) {
        return (cell, bytes)
      }
    }
    return nil
  }

  /// The value in `slot`; nil where it is destroyed or was never made.
  ///
  /// - Throws: `KeyringError.damaged` where neither copy opens.
  func value(_ slot: Slot) throws -> [UInt8]? {
    let cipher = Cipher(key)
    var isDamaged = false
    for copy in copies.indices {
      switch try piece(slot, 0, copy, cipher) {
      case .none: isDamaged = true
      case .some(.none): continue
      case .some(.some(let first)):
        if let value = try whole(slot, first, copy, cipher) { return value }
        isDamaged = true
      }
    }
    if isDamaged { throw KeyringError.damaged([slot]) }
    return nil
  }

  /// One part of a value: nil where it is damaged, `.some(nil)` where it is destroyed or absent.
  private func piece(
    _ slot: Slot, _ part: UInt8, _ copy: Int, _ cipher: Cipher
  ) throws -> (parts: UInt8, bytes: [UInt8])?? {
    let number = slot.rawValue + UInt64(part)
    let bytes = try cells(number, count: 1, copy: copy)
    switch CellReading(bytes.span, number: number, generation: generation) {
    case .empty: return .some(nil)
    case .damaged: return nil
    case .cell(let cell):
      guard cell.state == .live else { return .some(nil) }
      guard cell.part == part, let value = cell.value(in: bytes.span, cipher: cipher) else {
        return nil
      }
      return .some((cell.parts, value))
    }
  }

  private func whole(
    _ slot: Slot, _ first: (parts: UInt8, bytes: [UInt8]), _ copy: Int, _ cipher: Cipher
  ) throws -> [UInt8]? {
    var value = first.bytes
    for part in 1..<max(1, first.parts) {
      guard let next = try piece(slot, part, copy, cipher)?.flatMap({ $0 }) else { return nil }
      value += next.bytes
    }
    return value
  }
}
