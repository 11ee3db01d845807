import Events
import Platform
import Synchronization

extension Keyring {
  /// Replaces the epoch key: every live value is sealed anew in new files, then the old files are
  /// overwritten, synced and removed, so that nothing that was destroyed can be read from what a
  /// disk may have kept. Returns the new generation.
  ///
  /// Values are added and destroyed meanwhile. After a crash either set is complete and the other is
  /// wiped at opening. An error before the new set is complete leaves the old one in use.
  @discardableResult
  public func rotate() throws -> UInt32 {
    let (old, first) = try beginRotation()
    do {
      let new = try makeSet(generation: old.generation + 1)
      let end = nextSlot
      try copyCells(1..<end.rawValue, from: old, to: new)
      try finishRotation(from: old, to: new, copied: end)
    } catch {
      changing.withLock { $0.destroyedMeanwhile = nil }
      if held.withLock({ $0.set === old }), !changing.withLock({ $0.isBroken }) {
        try? disk.wipeKeySet(old.generation + 1, in: directory)
      }
      throw error
    }
    try disk.wipeKeySet(first, in: directory)
    return old.generation + 1
  }

  private func beginRotation() throws -> (old: KeySet, generation: UInt32) {
    try change { changing in
      guard changing.destroyedMeanwhile == nil else { throw KeyringError.rotating }
      changing.destroyedMeanwhile = []
      let set = held.withLock { $0.set }
      return (set, set.generation)
    }
  }

  private func makeSet(generation: UInt32) throws -> KeySet {
    try KeySet.make(
      generation: generation, log: log, created: held.withLock { $0.set.head.created },
      key: entropy.key(), directory: directory, disk: disk)
  }

  /// Brings over what changed since the copying began, and makes the new set the one in use.
  private func finishRotation(from old: KeySet, to new: KeySet, copied end: Slot) throws {
    try change { changing in
      let next = held.withLock { $0.nextSlot }
      try copyCells(end.rawValue..<next.rawValue, from: old, to: new)
      for slot in changing.destroyedMeanwhile ?? [] {
        if let marks = try new.marks(destroying: slot) {
          for copy in new.copies { try copy.write(marks, at: KeySet.offset(slot.rawValue)) }
        }
      }
      for copy in new.copies { try copy.syncAll() }
      try Keyring.commit(&changing) { try new.complete() }
      held.withLock { $0.set = new }
      changing.destroyedMeanwhile = nil
    }
  }

  /// Seals cells anew under the key of `new`, a megabyte at a time; without a sync.
  private func copyCells(_ numbers: Range<UInt64>, from old: KeySet, to new: KeySet) throws {
    let count: UInt64 = 4096
    let (opening, sealing) = (Cipher(old.key), Cipher(new.key))
    var number = numbers.lowerBound
    try new.reserve(before: numbers.upperBound)
    while number < numbers.upperBound {
      let end = min(number + count, numbers.upperBound)
      var cells: [UInt8] = []
      cells.reserveCapacity(Int(end - number) * KeyCell.byteCount)
      let source = try old.cells(number, count: Int(end - number), copy: 0)
      for index in 0..<Int(end - number) {
        let start = index * KeyCell.byteCount
        let bytes = source.span.extracting(start..<start + KeyCell.byteCount)
        try reseal(number + UInt64(index), bytes, from: old, opening, new, sealing, to: &cells)
      }
      for copy in new.copies { try copy.write(cells, at: KeySet.offset(number)) }
      number = end
    }
  }

  private func reseal(
    _ number: UInt64, _ bytes: Span<UInt8>, from old: KeySet, _ opening: Cipher, _ new: KeySet,
    _ sealing: Cipher, to cells: inout [UInt8]
  ) throws {
    if let cell = KeyCell(checked: bytes),
      cell.reseal(bytes, opening, new.generation, sealing, entropy, to: &cells)
    {
      return
    }
    let other = try old.cells(number, count: 1, copy: 1)
    guard let cell = KeyCell(checked: other.span),
      cell.reseal(other.span, opening, new.generation, sealing, entropy, to: &cells)
    else { throw KeyringError.damaged([Slot(number)]) }
  }
}

extension KeyCell {
  /// Appends the cell as it is in another generation; false where its value does not open.
  fileprivate func reseal(
    _ bytes: Span<UInt8>, _ opening: Cipher, _ generation: UInt32, _ sealing: Cipher,
    _ entropy: any Entropy, to cells: inout [UInt8]
  ) -> Bool {
    var cell = self
    cell.generation = generation
    guard state == .live else {
      cell.appendDestroyed(to: &cells)
      return true
    }
    guard var value = value(in: bytes, cipher: opening) else { return false }
    cell.append(
      value.span, cipher: sealing, nonce: entropy.bytes(Cipher.nonceCount), to: &cells)
    value.wipe()
    return true
  }
}
