import Events
import Platform

/// A walk over both copies of a set that finds what is live, what is destroyed, and what must be
/// put right.
///
/// A destroyed mark wins over a live copy; a valid copy wins over a damaged or absent one. What a
/// crash left in copy `a` alone, behind the last cell of `b`, was never named by an event.
struct KeyScan {
  private enum Note: UInt8 { case empty, live, destroyed, damaged }

  private struct Cell {
    var note: Note
    var part: UInt8 = 0
    var parts: UInt8 = 1
    var kind: SlotKind = .secret
  }

  private struct Doubt {
    let number: UInt64
    let readings: [CellReading]
    let bytes: [[UInt8]]
  }

  let set: KeySet
  /// Slots from this one on are in no event; nil where the journal was not asked.
  let needed: Slot?
  /// False where a copy has no valid head, so that its emptiness says nothing.
  let areBothWhole: Bool
  private let cipher: Cipher
  private var cells: [Cell] = []
  private var doubts: [Doubt] = []
  /// For each copy the number after its last cell that is not empty.
  private var ends: [UInt64] = [1, 1]
  /// The number after the last cell that is valid in either copy.
  private var validEnd: UInt64 = 1
  /// The number after the last cell that is not empty in either copy.
  private(set) var end: UInt64 = 1

  private(set) var table = KeyTable()
  private(set) var findings: [KeyringFinding] = []
  private(set) var repairs: [(copy: Int, number: UInt64, bytes: [UInt8])] = []
  private(set) var damaged: [Slot] = []
  private(set) var destroyed: UInt64 = 0

  init(_ set: KeySet, needed: Slot?, areBothWhole: Bool) throws {
    self.set = set
    self.needed = needed
    self.areBothWhole = areBothWhole
    cipher = Cipher(set.key)
    try scan()
    end = max(ends[0], ends[1])
    let last = needed.map { max(validEnd, min($0.rawValue, end)) } ?? end
    cells.removeLast(cells.count - Int(last - 1))
    doubtGaps()
    for doubt in doubts {
      if doubt.number < last { settle(doubt) } else { clear(doubt) }
    }
    finishSlots()
    destroyed = UInt64(cells.count { $0.note == .destroyed })
  }

  /// The slot that the next new value gets.
  var nextSlot: Slot { Slot(UInt64(cells.count) + 1) }

  private mutating func scan() throws {
    let size = try set.copies.map { try $0.size() }.max() ?? 0
    var number: UInt64 = 1
    while KeySet.offset(number) < size {
      let left = (size - KeySet.offset(number) + 255) / UInt64(KeyCell.byteCount)
      let count = Int(min(left, 1024))
      let a = try set.cells(number, count: count, copy: 0)
      let b = try set.cells(number, count: count, copy: 1)
      for index in 0..<count {
        let range = index * KeyCell.byteCount..<(index + 1) * KeyCell.byteCount
        look(number + UInt64(index), a.span.extracting(range), b.span.extracting(range))
      }
      number += UInt64(count)
    }
  }

  private mutating func look(_ number: UInt64, _ a: Span<UInt8>, _ b: Span<UInt8>) {
    let first = CellReading(a, number: number, generation: set.generation)
    let isSame = (0..<a.count).allSatisfy { a[$0] == b[$0] }
    let second =
      isSame ? first : CellReading(b, number: number, generation: set.generation)
    if first != .empty { ends[0] = number + 1 }
    if second != .empty { ends[1] = number + 1 }
    for case .cell in [first, second] { validEnd = number + 1 }
    if isSame, case .cell(let cell) = first, accept(cell, a, at: number) { return }
    cells.append(Cell(note: .empty))
    guard !isSame || first != .empty else { return }
    doubts.append(
      Doubt(
        number: number, readings: [first, second],
        bytes: [Array(copying: a), Array(copying: b)]))
  }

  /// Takes a cell as it is; false where its key does not open.
  private mutating func accept(_ cell: KeyCell, _ bytes: Span<UInt8>, at number: UInt64) -> Bool {
    guard note(cell, bytes) else { return false }
    let entry = Cell(
      note: cell.state == .live ? .live : .destroyed, part: cell.part, parts: cell.parts,
      kind: cell.kind)
    if number > UInt64(cells.count) { cells.append(entry) } else { cells[Int(number - 1)] = entry }
    return true
  }

  private mutating func note(_ cell: KeyCell, _ bytes: Span<UInt8>) -> Bool {
    guard cell.state == .live, cell.kind.isKey else { return true }
    guard cell.parts == 1, let value = cell.value(in: bytes, cipher: cipher),
      let key = Key(bytes: value)
    else { return false }
    table.set(Slot(cell.slot), key, cell.kind)
    return true
  }

  /// Cells that are empty in both copies although later ones are not.
  private mutating func doubtGaps() {
    let known = Set(doubts.map(\.number))
    let zeros = [UInt8](repeating: 0, count: KeyCell.byteCount)
    for index in cells.indices where cells[index].note == .empty {
      let number = UInt64(index + 1)
      guard !known.contains(number) else { continue }
      doubts.append(Doubt(number: number, readings: [.empty, .empty], bytes: [zeros, zeros]))
    }
  }

  /// Rubbish behind the last valid cell, where the journal needs no slot, is no slot at all.
  private mutating func clear(_ doubt: Doubt) {
    let zeros = [UInt8](repeating: 0, count: KeyCell.byteCount)
    for copy in [0, 1] where doubt.readings[copy] != .empty {
      repairs.append((copy, doubt.number, zeros))
    }
    findings.append(.unfinished(Slot(doubt.number)))
  }

  private mutating func settle(_ doubt: Doubt) {
    let valid = [0, 1].compactMap { copy -> (copy: Int, cell: KeyCell)? in
      if case .cell(let cell) = doubt.readings[copy] { (copy, cell) } else { nil }
    }
    let best = valid.sorted { left, right in
      if left.cell.state != right.cell.state { return left.cell.state == .destroyed }
      return left.cell.generation > right.cell.generation
    }
    for (copy, cell) in best {
      let bytes = doubt.bytes[copy]
      guard accept(cell, bytes.span, at: doubt.number) else { continue }
      repairs.append((1 - copy, doubt.number, bytes))
      findings.append(.healed(Slot(cell.slot), copy: KeySet.copyNames[1 - copy]))
      return
    }
    if isUnfinished(doubt) {
      findings.append(.unfinished(Slot(doubt.number)))
      destroy(doubt.number, part: 0, parts: 1, kind: .secret)
    } else {
      cells[Int(doubt.number - 1)] = Cell(note: .damaged)
      damaged.append(Slot(doubt.number))
    }
  }

  /// Whether a crash while new slots were written to copy `a` explains what is there: the journal
  /// says that it needs no such slot, or copy `b` was not reached.
  private func isUnfinished(_ doubt: Doubt) -> Bool {
    if let needed { return doubt.number >= needed.rawValue }
    return areBothWhole && doubt.number >= ends[1] && doubt.readings[1] == .empty
  }

  private mutating func destroy(_ number: UInt64, part: UInt8, parts: UInt8, kind: SlotKind) {
    let mark = KeyCell(
      state: .destroyed, kind: kind, part: part, parts: parts, length: 0,
      generation: set.generation, slot: number - UInt64(part), subject: .zero, detail: 0)
    var bytes: [UInt8] = []
    mark.appendDestroyed(to: &bytes)
    for copy in [0, 1] { repairs.append((copy, number, bytes)) }
    cells[Int(number - 1)] = Cell(note: .destroyed, part: part, parts: parts, kind: kind)
  }

  /// A slot of several cells is live only as a whole: where one is destroyed or was never written,
  /// a crash interrupted its making or its destruction, and the rest is destroyed.
  private mutating func finishSlots() {
    let torn = cells.indices.filter { cells[$0].note == .live && isTorn($0) }
    for index in torn {
      let cell = cells[index]
      destroy(UInt64(index + 1), part: cell.part, parts: cell.parts, kind: cell.kind)
      if cell.part == 0 { findings.append(.unfinished(Slot(UInt64(index + 1)))) }
    }
  }

  /// Whether other parts of the cell's slot are gone for good.
  private func isTorn(_ index: Int) -> Bool {
    let head = index - Int(cells[index].part)
    let group = head..<head + Int(cells[index].parts)
    guard head >= 0, group.upperBound <= cells.count else { return true }
    if group.contains(where: { cells[$0].note == .damaged }) { return false }
    return !group.allSatisfy { cells[$0].note == .live && Int(cells[$0].part) == $0 - head }
  }
}
