import Events
import Platform
import Store

/// What the `meta` table of an epoch says about it.
///
/// Keys are ASCII names. Numbers are eight bytes, most significant first; frontiers are
/// `Frontier.bytes`. `tip` is written in each commit, `checkpoint`, `pending` and `keyring` when they
/// change, the others once, when the epoch is created.
struct EpochMeta: Hashable, Sendable {
  /// The version of the format of epochs and records.
  static let currentFormat: UInt64 = 1

  /// The log id, the same in all epochs of a journal.
  var log: LogID
  /// The epoch's number, from 0.
  var epoch: UInt64
  /// The position of its first record.
  var first: Position
  /// The tree before that record.
  var frontier: Frontier
  /// The tree over everything up to the last record.
  var tip: Frontier
  /// The last signed checkpoint, a signed note; nil only until the first is signed.
  var checkpoint: String?
  /// Keyring slots whose destruction is decided and may not have been carried out.
  var pending: [Slot] = []
  /// How new the keyring is that the records rely on.
  var keyring: KeyringAge

  /// The keys of the table.
  enum Key: String, CaseIterable {
    case format, log, epoch, first, frontier, tip, checkpoint, pending, keyring

    var bytes: [UInt8] { Array(rawValue.utf8) }
  }

  /// Writes everything, for a new epoch.
  func write(_ meta: Table, in transaction: borrowing WriteTransaction) throws {
    try transaction.put(meta, Key.format.bytes, bigEndian(Self.currentFormat))
    try transaction.put(meta, Key.log.bytes, log.rawValue.bytes)
    try transaction.put(meta, Key.epoch.bytes, bigEndian(epoch))
    try transaction.put(meta, Key.first.bytes, bigEndian(first.rawValue))
    try transaction.put(meta, Key.frontier.bytes, frontier.bytes)
    try Self.writeTip(tip, meta, in: transaction)
    if let checkpoint { try Self.writeCheckpoint(checkpoint, meta, in: transaction) }
    try Self.writePending(pending, meta, in: transaction)
    try Self.writeKeyring(keyring, meta, in: transaction)
  }

  static func writeTip(
    _ tip: Frontier, _ meta: Table, in transaction: borrowing WriteTransaction
  ) throws {
    try transaction.put(meta, Key.tip.bytes, tip.bytes)
  }

  static func writeCheckpoint(
    _ note: String, _ meta: Table, in transaction: borrowing WriteTransaction
  ) throws {
    try transaction.put(meta, Key.checkpoint.bytes, Array(note.utf8))
  }

  /// Generation, next slot and number of destroyed cells.
  static func writeKeyring(
    _ age: KeyringAge, _ meta: Table, in transaction: borrowing WriteTransaction
  ) throws {
    let numbers = [UInt64(age.generation), age.nextSlot.rawValue, age.destroyed]
    try transaction.put(meta, Key.keyring.bytes, numbers.flatMap(bigEndian))
  }

  /// No slots are no key.
  static func writePending(
    _ slots: [Slot], _ meta: Table, in transaction: borrowing WriteTransaction
  ) throws {
    if slots.isEmpty {
      _ = try transaction.delete(meta, Key.pending.bytes)
    } else {
      try transaction.put(meta, Key.pending.bytes, slots.flatMap { bigEndian($0.rawValue) })
    }
  }
}

extension EpochMeta {
  /// Reads and checks what the table holds.
  ///
  /// - Throws: `LedgerError.format` for a later format, `LedgerError.damaged` for anything else
  ///   that is not what `write` wrote.
  init(_ meta: Table, in transaction: borrowing some Reading & ~Copyable, path: String) throws {
    let format = try Self.number(.format, meta, transaction)
    guard format == Self.currentFormat else {
      throw LedgerError.format(path: path, found: format)
    }
    guard let log = ID(bytes: try Self.value(.log, meta, transaction).span) else {
      throw Self.damage(.log)
    }
    self.log = LogID(rawValue: log)
    epoch = try Self.number(.epoch, meta, transaction)
    first = Position(rawValue: try Self.number(.first, meta, transaction))
    frontier = try Self.frontier(.frontier, meta, transaction)
    tip = try Self.tip(meta, in: transaction)
    if let note = try transaction.value(meta, Key.checkpoint.bytes) {
      checkpoint = String(validating: note, as: UTF8.self)
      guard checkpoint != nil else { throw Self.damage(.checkpoint) }
    }
    let slots = try transaction.value(meta, Key.pending.bytes) ?? []
    guard slots.count.isMultiple(of: 8) else { throw Self.damage(.pending) }
    pending = stride(from: 0, to: slots.count, by: 8).map {
      Slot(Ledger.number(bigEndian: slots[$0..<$0 + 8]))
    }
    keyring = try Self.age(meta, transaction)
    guard first.rawValue == frontier.size &+ 1, tip.size >= frontier.size else {
      throw Self.damage(.first)
    }
  }

  /// The tip alone.
  static func tip(
    _ meta: Table, in transaction: borrowing some Reading & ~Copyable
  ) throws -> Frontier {
    try frontier(.tip, meta, transaction)
  }

  private static func age(
    _ meta: Table, _ transaction: borrowing some Reading & ~Copyable
  ) throws -> KeyringAge {
    let bytes = try value(.keyring, meta, transaction)
    guard bytes.count == 24,
      let generation = UInt32(exactly: Ledger.number(bigEndian: bytes[..<8]))
    else { throw damage(.keyring) }
    return KeyringAge(
      generation: generation, nextSlot: Slot(Ledger.number(bigEndian: bytes[8..<16])),
      destroyed: Ledger.number(bigEndian: bytes[16...]))
  }

  private static func damage(_ key: Key) -> LedgerError {
    .damaged(position: nil, what: "the value of \(key.rawValue) in an epoch's table meta")
  }

  private static func value(
    _ key: Key, _ meta: Table, _ transaction: borrowing some Reading & ~Copyable
  ) throws -> [UInt8] {
    guard let value = try transaction.value(meta, key.bytes) else { throw damage(key) }
    return value
  }

  private static func number(
    _ key: Key, _ meta: Table, _ transaction: borrowing some Reading & ~Copyable
  ) throws -> UInt64 {
    let bytes = try value(key, meta, transaction)
    guard bytes.count == 8 else { throw damage(key) }
    return Ledger.number(bigEndian: bytes[...])
  }

  private static func frontier(
    _ key: Key, _ meta: Table, _ transaction: borrowing some Reading & ~Copyable
  ) throws -> Frontier {
    do { return try Frontier(bytes: try value(key, meta, transaction)) } catch is ProofError {
      throw damage(key)
    }
  }
}
