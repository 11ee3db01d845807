import Events
import Platform
import Synchronization

/// The keys and secrets that make personal data readable, kept so that they can be destroyed.
///
/// Not in the journal and not in LMDB, whose old pages would keep what was deleted: fixed cells in
/// two files, written one after the other, all under an epoch key that `rotate` replaces. A slot
/// number is never used twice. Safe to use from any thread; reading never waits for a write.
public final class Keyring: Sendable {
  /// What readers see.
  struct Held {
    var set: KeySet
    var table: KeyTable
    var nextSlot: Slot
    var destroyed: UInt64
  }

  /// What only one change at a time may touch.
  struct Changing {
    var isBroken = false
    /// Slots destroyed since a running rotation began; nil when none runs.
    var destroyedMeanwhile: [Slot]?
  }

  public let directory: String
  /// The journal the keyring belongs to.
  public let log: LogID
  public let isWritable: Bool
  /// What opening found and put right.
  public let findings: [KeyringFinding]
  /// Slots of which both copies are damaged; empty unless opening tolerated it.
  public let damagedSlots: [Slot]

  let disk: any Disk
  let entropy: any Entropy
  let held: Mutex<Held>
  let changing = Mutex(Changing())

  init(
    _ scan: KeyScan, directory: String, disk: any Disk, entropy: any Entropy, isWritable: Bool,
    findings: [KeyringFinding]
  ) {
    self.directory = directory
    log = scan.set.head.log
    self.isWritable = isWritable
    self.findings = findings
    damagedSlots = scan.damaged
    self.disk = disk
    self.entropy = entropy
    held = Mutex(
      Held(
        set: scan.set, table: scan.table, nextSlot: scan.nextSlot, destroyed: scan.destroyed))
  }

  /// The slot that the next new value gets.
  public var nextSlot: Slot { held.withLock { $0.nextSlot } }

  /// How new the keyring is.
  public var age: KeyringAge {
    held.withLock {
      KeyringAge(generation: $0.set.generation, nextSlot: $0.nextSlot, destroyed: $0.destroyed)
    }
  }

  /// The key in a slot; nil where it was destroyed or never made.
  public func key(_ slot: Slot) -> Key? {
    held.withLock { $0.table.key(slot) }
  }

  /// The value in a slot of any kind; nil where it was destroyed or never made.
  ///
  /// Read from the file, usually from the page cache.
  /// - Throws: `KeyringError.damaged`; `SystemError`.
  public func secret(_ slot: Slot) throws -> [UInt8]? {
    while true {
      let (set, end) = held.withLock { ($0.set, $0.nextSlot) }
      guard Slot(1)..<max(end, Slot(1)) ~= slot else { return nil }
      let value = Result { try set.value(slot) }
      // A rotation may have overwritten the files meanwhile: then ask the new ones.
      if case .success(.some) = value { return try value.get() }
      if held.withLock({ $0.set === set }) { return try value.get() }
    }
  }

  /// A message's data key, wrapped for the holder of `slot`; nil where the slot holds no key.
  public func wrap(_ dataKey: Key, for slot: Slot) -> Wrap? {
    guard let key = key(slot) else { return nil }
    return Wrap(slot: slot, bytes: KeyWrap.wrap(dataKey, under: Keyring.wrapKey(key)))
  }

  /// The data key in a wrap; nil where its slot was destroyed or the wrap was changed.
  public func unwrap(_ wrap: Wrap) -> Key? {
    guard let key = key(wrap.slot) else { return nil }
    return KeyWrap.unwrap(wrap.bytes, under: Keyring.wrapKey(key))
  }

  /// The key that wraps under the key of a slot, so that no key serves two purposes.
  static func wrapKey(_ key: Key) -> Key { HKDF.expand(key, info: "daybook/wrap/1") }

  /// Runs a change of the files. After an error of `body` that it reports as `broken`, nothing is
  /// changed any more: a second sync could falsely succeed.
  func change<R>(_ body: (inout Changing) throws -> R) throws -> R {
    guard isWritable else { throw KeyringError.readOnly }
    return try changing.withLock { changing in
      guard !changing.isBroken else { throw KeyringError.broken }
      return try body(&changing)
    }
  }
}
