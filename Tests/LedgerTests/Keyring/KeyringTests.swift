import Events
import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct KeyringTests {
  private func rig() throws -> KeyringRig {
    var rig = KeyringRig(SimulatedDisk())
    try rig.create()
    try rig.add([(.user, 32), (.domain, 32), (.secret, 700), (.hold, 32)])
    return rig
  }

  private func path(_ kind: String, _ copy: Character, _ generation: UInt32 = 1) -> String {
    "\(KeyringRig.directory)/\(KeySet.name(kind, generation, copy))"
  }

  @Test func `Values of every length come back`() throws {
    var rig = KeyringRig(SimulatedDisk())
    try rig.create()
    for count in [1, 183, 184, 185, 368, 369, 5_000, NewSlot.maximumByteCount] {
      try rig.add([(.secret, count)])
    }
    check(rig.complaints(rig.disk.afterCrash(.nothing), knowsNeeded: true), [])
    check(NewSlot.width(byteCount: 184), 1)
    check(NewSlot.width(byteCount: 185), 2)
  }

  @Test func `Slots that do not fit are refused and change nothing`() throws {
    let rig = try rig()
    let keyring = try #require(rig.keyring)
    let next = keyring.nextSlot
    let operations = rig.disk.operations
    let wrong: [(Slot, SlotKind, Int, KeyringError)] = [
      (Slot(1), .user, 32, .outOfOrder(expected: next, got: Slot(1))),
      (next, .user, 31, .unfit(next, byteCount: 31)),
      (next, .secret, 0, .unfit(next, byteCount: 0)),
      (
        next, .secret, NewSlot.maximumByteCount + 1,
        .unfit(next, byteCount: NewSlot.maximumByteCount + 1)
      ),
    ]
    for (slot, kind, count, error) in wrong {
      let value = [UInt8](repeating: 1, count: count)
      #expect(throws: error) {
        try keyring.add([NewSlot(slot: slot, kind: kind, subject: .zero, value: value)])
      }
    }
    for slot in [Slot.zero, next, Slot(4)] {
      #expect(throws: KeyringError.unknown(slot)) { try keyring.destroy([slot]) }
    }
    check(rig.disk.operations, operations, "operations")
  }

  @Test func `A batch of new slots costs one sync a file`() throws {
    var rig = try rig()
    let before = rig.disk.operations
    try rig.add((0..<50).map { _ in (.user, 32) })
    check(rig.disk.operations - before, 4, "two writes and two syncs")
  }

  @Test func `Keys wrap and unwrap until their slot is destroyed`() throws {
    var rig = try rig()
    let keyring = try #require(rig.keyring)
    let dataKey = rig.entropy.key()
    let wrap = try #require(keyring.wrap(dataKey, for: Slot(1)))
    let other = try #require(keyring.wrap(dataKey, for: Slot(2)))
    check(keyring.unwrap(wrap) == dataKey, "unwraps")
    let moved = try #require(Wrap(slot: Slot(2), bytes: wrap.bytes))
    check(keyring.unwrap(moved) == nil, "a wrap belongs to its slot")
    try rig.destroy([Slot(1)])
    check(keyring.unwrap(wrap) == nil, "destroyed")
    check(keyring.wrap(dataKey, for: Slot(1)) == nil, "destroyed")
    try keyring.rotate()
    check(keyring.unwrap(other) == dataKey, "another holder's survives")
    check(keyring.key(Slot(3)) == nil, "a secret is no key")
  }

  /// RFC 3394 §4.6 is Platform's test; this pins what lies around it. Frozen.
  @Test func `The wrapping key is derived as documented`() throws {
    let rig = try rig()
    let keyring = try #require(rig.keyring)
    let key = try #require(keyring.key(Slot(1)))
    let wrap = try #require(keyring.wrap(rig.entropy.key(), for: Slot(1)))
    let derived = HKDF.expand(key, info: "daybook/wrap/1")
    check(KeyWrap.unwrap(wrap.bytes, under: derived) != nil, "under HKDF-Expand(key, ...)")
  }

  @Test func `Every flipped bit of one copy is healed from the other`() throws {
    let rig = try rig()
    let cells = Int(rig.next.rawValue) - 1
    var random = SeededRandom(seed: 5)
    let used = UInt64(KeyFileHead.byteCount + cells * KeyCell.byteCount)
    for round in 0..<150 {
      let disk = rig.disk.afterCrash(.nothing)
      let copy = KeySet.copyNames[round % 2]
      let isEpoch = round % 10 == 0
      let at = random.next() % (isEpoch ? UInt64(EpochKeyFile.byteCount) : used)
      try disk.flip(path(isEpoch ? "epoch" : "keyring", copy), at, bit: round % 8)
      let keyring = try Keyring.open(
        KeyringRig.directory, options: KeyringOptions(needed: rig.next), disk: disk)
      check(!keyring.findings.isEmpty, "the flip at \(at) of \(copy) is reported")
      check(rig.complaints(disk, knowsNeeded: true), [], "flip at \(at) of copy \(copy)")
    }
  }

  @Test func `Flips behind the last cell change no answer`() throws {
    let rig = try rig()
    for at in [5_732, 9_000, 20_479] as [UInt64] {
      let disk = rig.disk.afterCrash(.nothing)
      try disk.flip(path("keyring", "a"), at, bit: 3)
      let keyring = try Keyring.open(
        KeyringRig.directory, options: KeyringOptions(needed: rig.next), disk: disk)
      check(keyring.nextSlot, rig.next, "next slot after a flip at \(at)")
      check(rig.complaints(disk, knowsNeeded: true), [], "flip at \(at)")
    }
  }

  @Test func `A slot damaged in both copies is an error that names it`() throws {
    let rig = try rig()
    for slot in [UInt64(1), 2, 4, 7] {
      let disk = rig.disk.afterCrash(.nothing)
      for copy in KeySet.copyNames {
        try disk.flip(path("keyring", copy), KeySet.offset(slot) + 99, bit: 0)
      }
      let needed = KeyringOptions(needed: rig.next)
      #expect(throws: KeyringError.damaged([Slot(slot)])) {
        try Keyring.open(KeyringRig.directory, options: needed, disk: disk)
      }
      let tolerant = try Keyring.open(
        KeyringRig.directory,
        options: KeyringOptions(isWritable: false, needed: rig.next, toleratesDamage: true),
        disk: disk)
      check(tolerant.damagedSlots, [Slot(slot)])
    }
  }

  @Test func `A lost file is written anew, and two lost ones are an error`() throws {
    let rig = try rig()
    for kind in ["epoch", "keyring"] {
      let disk = rig.disk.afterCrash(.nothing)
      try disk.remove(path(kind, "a"))
      check(rig.complaints(disk, knowsNeeded: true), [], "without \(kind) a")
      let both = rig.disk.afterCrash(.nothing)
      for copy in KeySet.copyNames { try both.remove(path(kind, copy)) }
      #expect(throws: KeyringError.absent(directory: KeyringRig.directory)) {
        try Keyring.open(KeyringRig.directory, disk: both)
      }
    }
  }

  @Test func `A keyring of another journal or of long ago is refused`() throws {
    let rig = try rig()
    let other = LogID(rawValue: ID(high: 1, low: 1))
    #expect(throws: KeyringError.foreign(KeyringRig.log)) {
      try Keyring.open(KeyringRig.directory, log: other, disk: rig.disk)
    }
    let needed = Slot(rig.next.rawValue + 1)
    #expect(throws: KeyringError.behind(nextSlot: rig.next, needed: needed)) {
      try Keyring.open(
        KeyringRig.directory, options: KeyringOptions(needed: needed), disk: rig.disk)
    }
    #expect(throws: KeyringError.exists(directory: KeyringRig.directory)) {
      try Keyring.create(
        in: KeyringRig.directory, log: KeyringRig.log, created: .zero, disk: rig.disk)
    }
  }

  @Test func `A reader changes nothing and sees what is new when it asks`() throws {
    var rig = try rig()
    let before = rig.disk.operations
    let reader = try Keyring.open(
      KeyringRig.directory, options: KeyringOptions(isWritable: false), disk: rig.disk)
    check(rig.disk.operations, before, "operations")
    #expect(throws: KeyringError.readOnly) { try reader.destroy([Slot(1)]) }
    let slot = rig.next
    try rig.add([(.user, 32)])
    try rig.destroy([Slot(2)])
    try rig.keyring?.rotate()
    check(reader.key(slot) == nil, "not seen yet")
    try reader.refresh()
    check(reader.key(slot) != nil, "seen")
    check(reader.key(Slot(2)) == nil, "destroyed")
    check(reader.age, try #require(rig.keyring).age)
  }

  @Test func `Values added and destroyed while it rotates are not lost`() throws {
    let rig = try rig()
    let keyring = try #require(rig.keyring)
    let threads: [@Sendable () -> Void] = [
      { for _ in 0..<5 { _ = try? keyring.rotate() } },
      { try? keyring.destroy([Slot(2)]) },
      {
        for _ in 0..<200 {
          check((try? keyring.secret(Slot(3)))??.count, 700, "a secret read meanwhile")
        }
      },
    ]
    let running = threads.map { body in startThread(name: "keyring") { body() } }
    var added: [Slot] = []
    for _ in 0..<20 {
      let slot = NewSlot(
        slot: keyring.nextSlot, kind: .user, subject: .zero, key: rig.entropy.key())
      try keyring.add([slot])
      added.append(slot.slot)
    }
    for thread in running { thread.join() }
    let again = try Keyring.open(
      KeyringRig.directory, disk: rig.disk.afterCrash(.nothing))
    for slot in added { check(again.key(slot) == keyring.key(slot), "slot \(slot)") }
    check(again.key(added[0]) != nil, "added")
    check(again.key(Slot(2)) == nil, "destroyed meanwhile")
  }
}

extension SimulatedDisk {
  /// Flips one bit of a file, durably.
  func flip(_ path: String, _ offset: UInt64, bit: Int) throws {
    let file = try open(path, .write)
    let byte = try file.read(1, at: offset)
    try file.write([byte[0] ^ UInt8(1 << bit)], at: offset)
    try file.syncAll()
  }
}
