import Events
import Platform
import TestKit
import Testing

@testable import Ledger

/// A keyring on some disk, what was acknowledged about it, and what is under way.
struct KeyringRig {
  static let directory = "/data/keyring"
  static let log = LogID(rawValue: ID(high: 7, low: 7))

  /// What is added after a crash, where a slot that was never acknowledged may be used again.
  static let newValue = [UInt8](repeating: 0xEE, count: 32)

  enum Expectation: Equatable {
    case value([UInt8])
    case destroyed
    /// Under way when the disk stopped: one of the two.
    case either([UInt8])
  }

  let disk: SimulatedDisk
  let entropy: SeededEntropy
  var keyring: Keyring?
  var expected: [Slot: Expectation] = [:]
  var next = Slot(1)
  var isCreated = false

  init(_ disk: SimulatedDisk, seed: UInt64 = 11) {
    self.disk = disk
    entropy = SeededEntropy(seed: seed)
  }

  mutating func create() throws {
    keyring = try Keyring.create(
      in: Self.directory, log: Self.log, created: .zero, disk: disk, entropy: entropy)
    isCreated = true
  }

  mutating func add(_ kinds: [(SlotKind, Int)]) throws {
    guard let keyring else { return }
    var slots: [NewSlot] = []
    var slot = next
    for (kind, count) in kinds {
      slots.append(
        NewSlot(
          slot: slot, kind: kind, subject: entropy.id(), detail: 3, value: entropy.bytes(count)))
      slot = slots[slots.count - 1].next
    }
    for slot in slots { expected[slot.slot] = .either(slot.value) }
    try keyring.add(slots)
    for slot in slots { expected[slot.slot] = .value(slot.value) }
    next = slot
  }

  mutating func destroy(_ slots: [Slot]) throws {
    for slot in slots {
      if case .value(let value) = expected[slot] { expected[slot] = .either(value) }
    }
    try keyring?.destroy(slots)
    for slot in slots { expected[slot] = .destroyed }
  }

  /// Everything a keyring does, once.
  mutating func scenario() throws {
    try create()
    try add([(.logSigningKey, 32), (.domain, 32), (.user, 32), (.secret, 500)])
    try destroy([Slot(3)])
    try add([(.user, 32), (.secret, 1)])
    try destroy([Slot(4), Slot(2)])
    try keyring?.rotate()
    try add([(.archiveMonth, 32), (.secret, 2_000)])
    try destroy([next.rawValue > 10 ? Slot(7) : Slot(1)])
    try keyring?.rotate()
    try add([(.hold, 32)])
  }

  /// Opens what a crash left, and checks every promise. Returns what is wrong.
  func complaints(
    _ disk: SimulatedDisk, knowsNeeded: Bool, uses: Bool = true
  ) -> [String] {
    var wrong: [String] = []
    do {
      let options = KeyringOptions(needed: knowsNeeded ? next : nil)
      let keyring = try Keyring.open(
        Self.directory, log: Self.log, options: options, disk: disk, entropy: entropy)
      for (slot, expectation) in expected {
        let value = try keyring.secret(slot)
        let key = keyring.key(slot).map(\.secretBytes)
        if let key, key != value { wrong.append("slot \(slot) has two values") }
        switch expectation {
        case .value(let bytes): if value != bytes { wrong.append("slot \(slot) is lost") }
        case .destroyed: if value != nil { wrong.append("slot \(slot) came back") }
        case .either(let bytes):
          if value != nil, value != bytes, value != Self.newValue {
            wrong.append("slot \(slot) is another")
          }
        }
      }
      if keyring.nextSlot < next { wrong.append("slots would be used again") }
      if uses { try checkUse(keyring, disk, &wrong) }
    } catch KeyringError.absent where !isCreated {
      return []
    } catch {
      wrong.append("\(error)")
    }
    return wrong
  }

  /// The keyring can be used as if nothing had been.
  private func checkUse(
    _ keyring: Keyring, _ disk: SimulatedDisk, _ wrong: inout [String]
  ) throws {
    let slot = NewSlot(
      slot: keyring.nextSlot, kind: .user, subject: .zero, value: Self.newValue)
    try keyring.add([slot])
    try keyring.rotate()
    let generation = keyring.age.generation
    let again = try Keyring.open(
      Self.directory, log: Self.log, disk: disk.afterCrash(.nothing), entropy: entropy)
    if again.key(slot.slot)?.secretBytes != slot.value { wrong.append("a new slot is lost") }
    if !again.findings.isEmpty { wrong.append("findings twice: \(again.findings)") }
    let names = try disk.list(Self.directory)
    let files = ["epoch", "keyring"].flatMap { kind in
      KeySet.copyNames.map { KeySet.name(kind, generation, $0) }
    }
    if names != files { wrong.append("files left: \(names)") }
  }
}
