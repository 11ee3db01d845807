import Events
import Platform
import Synchronization

extension Keyring {
  /// The whole keyring sealed under a recovery passphrase, for a backup: every live slot and how new
  /// it is. Destroyed slots leave nothing in it, so keep only the newest.
  ///
  /// - Parameter iterations: of PBKDF2; 600,000 take about a fifth of a second, so run it on the
  ///   worker pool.
  /// - Throws: `KeyringError.damaged`; `SystemError`.
  public func export(passphrase: [UInt8], iterations: UInt32 = 600_000) throws -> [UInt8] {
    let (set, age, entries) = try exported()
    var slots = entries
    defer { slots.wipe() }
    let head = KeyringExport(
      iterations: iterations, salt: entropy.bytes(KeyringExport.saltCount), log: log, age: age,
      created: set.head.created, prefix: entropy.bytes(ChunkSeal.prefixSize))
    guard let seal = head.seal(passphrase) else { throw KeyringError.sealed }
    return head.bytes + seal.seal(slots.span)
  }

  /// The live slots of one moment; what is destroyed while they are read may be among them, and
  /// then the age says that the export is older.
  private func exported() throws -> (KeySet, KeyringAge, [UInt8]) {
    while true {
      let (set, age) = held.withLock {
        (
          $0.set,
          KeyringAge(
            generation: $0.set.generation, nextSlot: $0.nextSlot, destroyed: $0.destroyed)
        )
      }
      do { return (set, age, try entries(of: set, before: age.nextSlot)) } catch {
        // A rotation may have overwritten the files meanwhile.
        guard held.withLock({ $0.set !== set }) else { throw error }
      }
    }
  }

  private func entries(of set: KeySet, before end: Slot) throws -> [UInt8] {
    var entries: [UInt8] = []
    for number in 1..<end.rawValue {
      guard let (cell, _) = try set.cell(number) else { throw KeyringError.damaged([Slot(number)]) }
      guard cell.state == .live, cell.part == 0 else { continue }
      guard let value = try set.value(Slot(number)) else { continue }
      NewSlot(
        slot: Slot(number), kind: cell.kind, subject: cell.subject, detail: cell.detail,
        value: value
      ).appendEntry(to: &entries)
    }
    return entries
  }

  /// Makes a keyring from an export, under a new epoch key and one generation later.
  ///
  /// - Parameters:
  ///   - directory: must hold no keyring.
  ///   - needed: how new the keyring was when the journal that is restored was written; an older one
  ///     would bring back what was destroyed since.
  /// - Throws: `KeyringError.sealed` for a wrong passphrase or a changed file, `.foreign`, `.older`,
  ///   `.exists`, `.malformed`; `SystemError`.
  @discardableResult
  public static func restore(
    _ sealed: [UInt8], passphrase: [UInt8], in directory: String, log: LogID,
    needed: KeyringAge? = nil, disk: any Disk = SystemDisk(),
    entropy: any Entropy = SystemEntropy()
  ) throws -> Keyring {
    let (head, slots) = try opened(sealed, passphrase, log, needed)
    let generation = head.age.generation + 1
    let set = try createSet(
      in: directory, generation: generation, log: log, created: head.created, disk: disk,
      entropy: entropy)
    try set.reserve(before: head.age.nextSlot.rawValue)
    try fill(set, slots, before: head.age.nextSlot, entropy)
    for copy in set.copies { try copy.syncAll() }
    try set.complete()
    return Keyring(
      try KeyScan(set, needed: nil, areBothWhole: true), directory: directory, disk: disk,
      entropy: entropy, isWritable: true, findings: [])
  }

  /// Whether an export opens under a passphrase and is of a journal.
  ///
  /// - Throws: as `restore`, which does the same again and more.
  static func check(_ sealed: [UInt8], passphrase: [UInt8], log: LogID) throws {
    _ = try opened(sealed, passphrase, log, nil)
  }

  /// How new an export is and of which journal, which its head tells without the passphrase.
  public static func age(ofExport sealed: [UInt8]) throws -> (log: LogID, age: KeyringAge) {
    let head = try head(of: sealed)
    return (head.log, head.age)
  }

  private static func head(of sealed: [UInt8]) throws -> KeyringExport {
    guard sealed.count >= KeyringExport.byteCount,
      let head = KeyringExport(sealed.span.extracting(..<KeyringExport.byteCount))
    else { throw KeyringError.malformed("no keyring backup of a known format") }
    return head
  }

  private static func opened(
    _ sealed: [UInt8], _ passphrase: [UInt8], _ log: LogID, _ needed: KeyringAge?
  ) throws -> (KeyringExport, [NewSlot]) {
    let head = try head(of: sealed)
    guard let seal = head.seal(passphrase),
      var plain = seal.open(sealed.span.extracting(KeyringExport.byteCount...))
    else { throw KeyringError.sealed }
    defer { plain.wipe() }
    guard head.log == log else { throw KeyringError.foreign(head.log) }
    if let needed, !head.age.covers(needed) { throw KeyringError.older(head.age, needed: needed) }
    var slots: [NewSlot] = []
    var offset = 0
    var next = Slot(1)
    while offset < plain.count {
      guard let slot = NewSlot.entry(in: plain.span, at: &offset), slot.slot >= next,
        slot.next <= head.age.nextSlot
      else { throw KeyringError.malformed("slot after \(next)") }
      slots.append(slot)
      next = slot.next
    }
    return (head, slots)
  }

  /// Writes the cells of a restored keyring: what is not there was destroyed.
  private static func fill(
    _ set: KeySet, _ slots: [NewSlot], before end: Slot, _ entropy: any Entropy
  ) throws {
    let cipher = Cipher(set.key)
    var cells: [UInt8] = []
    var start: UInt64 = 1
    var number: UInt64 = 1
    let flush = {
      for copy in set.copies { try copy.write(cells, at: KeySet.offset(start)) }
      start = number
      cells.removeAll(keepingCapacity: true)
    }
    let destroy = { (limit: UInt64) in
      while number < limit {
        KeyCell.destroyed(number, generation: set.generation).appendDestroyed(to: &cells)
        number += 1
        if cells.count >= 1 << 20 { try flush() }
      }
    }
    for slot in slots {
      try destroy(slot.slot.rawValue)
      slot.appendCells(
        generation: set.generation, cipher: cipher, entropy: entropy, to: &cells)
      number = slot.next.rawValue
      if cells.count >= 1 << 20 { try flush() }
    }
    try destroy(end.rawValue)
    try flush()
  }
}
