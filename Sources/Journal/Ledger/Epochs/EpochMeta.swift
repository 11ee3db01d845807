import Events
import Platform
import Store

/// What the `meta` table of an epoch says about it.
///
/// `tip` is written in each commit, `checkpoint`, `pending` and `keyring` when they change, the
/// others once, when the epoch is created. How each is coded says `MetaTable`.
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

  /// Writes everything, for a new epoch.
  func write(to table: MetaTable, in transaction: borrowing WriteTransaction) throws {
    try table.put(.format, bigEndian(Self.currentFormat), in: transaction)
    try table.put(.log, log.rawValue.bytes, in: transaction)
    try table.put(.epoch, bigEndian(epoch), in: transaction)
    try table.put(.first, bigEndian(first.rawValue), in: transaction)
    try table.put(.frontier, frontier.bytes, in: transaction)
    try table.put(.tip, tip.bytes, in: transaction)
    if let checkpoint { try table.put(.checkpoint, Array(checkpoint.utf8), in: transaction) }
    if !pending.isEmpty { try table.put(.pending, Self.bytes(pending), in: transaction) }
    try table.put(.keyring, Self.bytes(keyring), in: transaction)
  }

  /// Reads and checks what the table holds.
  ///
  /// - Throws: `LedgerError.format` for a later format, `LedgerError.damaged` for anything else
  ///   that is not what `write` wrote.
  init(
    _ table: MetaTable, in transaction: borrowing some Reading & ~Copyable
  ) throws {
    let format = try table.number(.format, in: transaction)
    guard format == Self.currentFormat else {
      throw LedgerError.format(path: table.path, found: format)
    }
    guard let log = ID(bytes: try table.required(.log, in: transaction)) else {
      throw table.damage(.log)
    }
    self.log = LogID(rawValue: log)
    epoch = try table.number(.epoch, in: transaction)
    first = Position(try table.number(.first, in: transaction))
    frontier = try table.frontier(.frontier, in: transaction)
    tip = try table.frontier(.tip, in: transaction)
    if let note = try table.value(.checkpoint, in: transaction) {
      checkpoint = String(validating: note, as: UTF8.self)
      guard checkpoint != nil else { throw table.damage(.checkpoint) }
    }
    guard let pending = Self.slots(try table.value(.pending, in: transaction) ?? []) else {
      throw table.damage(.pending)
    }
    guard let keyring = Self.age(try table.required(.keyring, in: transaction)) else {
      throw table.damage(.keyring)
    }
    self.pending = pending
    self.keyring = keyring
    guard first.rawValue == frontier.size &+ 1, tip.size >= frontier.size else {
      throw table.damage(.first)
    }
  }

  init(
    log: LogID, epoch: UInt64, first: Position, frontier: Frontier, tip: Frontier,
    checkpoint: String? = nil, pending: [Slot] = [], keyring: KeyringAge
  ) {
    self.log = log
    self.epoch = epoch
    self.first = first
    self.frontier = frontier
    self.tip = tip
    self.checkpoint = checkpoint
    self.pending = pending
    self.keyring = keyring
  }
}

// MARK: coding

extension EpochMeta {
  /// The slots' numbers.
  static func bytes(_ slots: [Slot]) -> [UInt8] { slots.flatMap { bigEndian($0.rawValue) } }

  /// Generation, next slot, number of destroyed cells.
  static func bytes(_ age: KeyringAge) -> [UInt8] {
    bigEndian(UInt64(age.generation)) + bigEndian(age.nextSlot.rawValue) + bigEndian(age.destroyed)
  }

  private static func slots(_ bytes: [UInt8]) -> [Slot]? {
    guard bytes.count.isMultiple(of: 8) else { return nil }
    return stride(from: 0, to: bytes.count, by: 8).map {
      Slot(number(bigEndian: bytes[$0..<$0 + 8]))
    }
  }

  private static func age(_ bytes: [UInt8]) -> KeyringAge? {
    guard bytes.count == 24, let generation = UInt32(exactly: number(bigEndian: bytes[..<8])) else {
      return nil
    }
    return KeyringAge(
      generation: generation, nextSlot: Slot(number(bigEndian: bytes[8..<16])),
      destroyed: number(bigEndian: bytes[16...]))
  }
}
