import Events

/// Why the keyring cannot be opened, read or changed.
public enum KeyringError: Error, Hashable, Sendable {
  /// The directory holds no complete set of files.
  case absent(directory: String)
  /// The directory holds a keyring already.
  case exists(directory: String)
  /// Both copies of these slots are damaged.
  case damaged([Slot])
  /// The keyring belongs to another journal.
  case foreign(LogID)
  /// It ends before a slot that the journal uses.
  case behind(nextSlot: Slot, needed: Slot)
  /// It is older than what is asked for: what was destroyed since would come back.
  case older(KeyringAge, needed: KeyringAge)
  /// New slots must follow one another from the keyring's next slot on.
  case outOfOrder(expected: Slot, got: Slot)
  /// The value does not fit its kind or the limit.
  case unfit(Slot, byteCount: Int)
  /// There never was such a slot.
  case unknown(Slot)
  /// A write or sync failed before; what is on disk is known again after reopening.
  case broken
  /// A rotation is under way already.
  case rotating
  /// It was opened for reading.
  case readOnly
  /// The export does not open under this passphrase, or was changed.
  case sealed
  /// The bytes do not follow their format.
  case malformed(String)
}

extension KeyringError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .absent(let directory): "\(directory) holds no complete keyring: restore one from backup"
    case .exists(let directory): "\(directory) holds a keyring already"
    case .damaged(let slots):
      "both copies of keyring slots \(slots.map(\.description).joined(separator: ", ")) are damaged"
    case .foreign(let log): "the keyring belongs to journal \(log)"
    case .behind(let next, let needed):
      "the keyring ends before slot \(next), the journal needs \(needed): restore a newer one"
    case .older(let age, let needed):
      "the keyring is older (\(age)) than the journal needs (\(needed)): what was destroyed since "
        + "would come back; use the keyring of the newest backup"
    case .outOfOrder(let expected, let got): "slot \(got) where \(expected) is the next"
    case .unfit(let slot, let count): "a value of \(count) bytes does not fit slot \(slot)"
    case .unknown(let slot): "there is no slot \(slot)"
    case .broken: "a write to the keyring failed: the process must restart"
    case .rotating: "the keyring is being rotated already"
    case .readOnly: "the keyring was opened for reading"
    case .sealed:
      "the keyring backup does not open: the passphrase is wrong, or the file was changed"
    case .malformed(let why): "the keyring is malformed: \(why)"
    }
  }
}

/// What opening the keyring found and put right.
public enum KeyringFinding: Hashable, Sendable {
  /// One copy (`a` or `b`) of the cell was damaged or absent and was written anew from the other.
  case healed(Slot, copy: Character)
  /// A crash cut the making or destroying of the slot short; no event names it, and nothing of it
  /// is left.
  case unfinished(Slot)
  /// A whole file was missing or had no valid head, and was written anew from the other copy.
  case rebuilt(copy: Character)
  /// What a rotation left behind was overwritten and removed.
  case wiped(generation: UInt32)
}

/// How new a keyring is. Every part only grows.
public struct KeyringAge: Hashable, Sendable, CustomStringConvertible {
  /// Counts rotations, from 1.
  public let generation: UInt32
  /// The slot that the next new value gets.
  public let nextSlot: Slot
  /// How many cells were destroyed.
  public let destroyed: UInt64

  public init(generation: UInt32, nextSlot: Slot, destroyed: UInt64) {
    self.generation = generation
    self.nextSlot = nextSlot
    self.destroyed = destroyed
  }

  /// Whether everything that happened up to `other` is in this keyring too.
  public func covers(_ other: KeyringAge) -> Bool {
    generation >= other.generation && nextSlot >= other.nextSlot && destroyed >= other.destroyed
  }

  public var description: String {
    "generation \(generation), next slot \(nextSlot), \(destroyed) destroyed"
  }
}
