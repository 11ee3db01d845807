import Events
import Platform
import Synchronization

extension Keyring {
  /// Adds values in new slots, which must follow one another from `nextSlot` on. When it returns
  /// they are on the disk in both copies: two syncs, however many slots.
  ///
  /// - Throws: `KeyringError.outOfOrder` or `.unfit`, and `SystemError` where the disk is full: then
  ///   nothing changed. Any other error leaves the keyring `broken`.
  public func add(_ slots: [NewSlot]) throws {
    guard !slots.isEmpty else { return }
    try change { changing in
      let (set, first) = held.withLock { ($0.set, $0.nextSlot) }
      try Keyring.check(slots, from: first)
      let end = slots[slots.count - 1].next
      try set.reserve(before: end.rawValue)
      var cells: [UInt8] = []
      let cipher = Cipher(set.key)
      for slot in slots {
        slot.appendCells(
          generation: set.generation, cipher: cipher, entropy: entropy, to: &cells)
      }
      try Keyring.commit(&changing) { try set.write([(first.rawValue, cells)]) }
      held.withLock { held in
        for slot in slots where slot.kind.isKey {
          if let key = Key(bytes: slot.value) { held.table.set(slot.slot, key, slot.kind) }
        }
        held.nextSlot = end
      }
    }
  }

  /// Destroys slots: their cells are zeroed and marked in both copies and synced. A slot that is
  /// destroyed already is left as it is, so a destruction can be repeated after a crash.
  ///
  /// Until `rotate`, a disk's hidden remains could still be read with the epoch key.
  /// - Throws: `KeyringError.unknown`; then nothing changed. Other errors leave it `broken`.
  public func destroy(_ slots: [Slot]) throws {
    try change { changing in
      let (set, end) = held.withLock { ($0.set, $0.nextSlot) }
      var runs: [(number: UInt64, cells: [UInt8])] = []
      var gone: [Slot] = []
      for slot in Set(slots).sorted() {
        guard Slot(1)..<max(end, Slot(1)) ~= slot else { throw KeyringError.unknown(slot) }
        guard let marks = try set.marks(destroying: slot) else { continue }
        runs.append((slot.rawValue, marks))
        gone.append(slot)
      }
      guard !runs.isEmpty else { return }
      held.withLock { held in
        for slot in gone { held.table.remove(slot) }
      }
      try Keyring.commit(&changing) { try set.write(runs) }
      let cells = runs.reduce(0) { $0 + UInt64($1.cells.count / KeyCell.byteCount) }
      held.withLock { $0.destroyed += cells }
      changing.destroyedMeanwhile?.append(contentsOf: gone)
    }
  }

  /// Runs writes and syncs after which, should one fail, nobody knows what is on the disk.
  static func commit<R>(_ changing: inout Changing, _ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch {
      changing.isBroken = true
      throw error
    }
  }

  private static func check(_ slots: [NewSlot], from first: Slot) throws {
    var expected = first
    for slot in slots {
      guard slot.slot == expected else {
        throw KeyringError.outOfOrder(expected: expected, got: slot.slot)
      }
      let fits = slot.kind.isKey ? 32...32 : 1...NewSlot.maximumByteCount
      guard fits ~= slot.value.count else {
        throw KeyringError.unfit(slot.slot, byteCount: slot.value.count)
      }
      expected = slot.next
    }
  }
}

extension NewSlot {
  /// Appends the sealed cells of the value.
  func appendCells(
    generation: UInt32, cipher: Cipher, entropy: any Entropy, to cells: inout [UInt8]
  ) {
    let parts = NewSlot.width(byteCount: value.count)
    for part in 0..<Int(parts) {
      let start = part * KeyCell.capacity
      let end = min(start + KeyCell.capacity, value.count)
      let cell = KeyCell(
        state: .live, kind: kind, part: UInt8(part), parts: UInt8(parts),
        length: UInt16(end - start), generation: generation, slot: slot.rawValue, subject: subject,
        detail: detail)
      cell.append(
        value.span.extracting(start..<end), cipher: cipher,
        nonce: entropy.bytes(Cipher.nonceCount), to: &cells)
    }
  }
}

extension KeySet {
  /// The marks that destroy a slot; nil where it is destroyed already.
  func marks(destroying slot: Slot) throws -> [UInt8]? {
    guard let head = try cell(slot.rawValue)?.cell else { throw KeyringError.damaged([slot]) }
    guard head.slot == slot.rawValue, head.part == 0 else { throw KeyringError.unknown(slot) }
    guard head.state == .live else { return nil }
    var marks: [UInt8] = []
    for part in 0..<head.parts {
      var mark = head
      mark.part = part
      mark.appendDestroyed(to: &marks)
    }
    return marks
  }
}
