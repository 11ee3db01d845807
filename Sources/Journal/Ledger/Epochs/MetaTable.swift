import Platform
import Store

/// The `meta` table of an epoch: a few named values, each with its own checksum.
///
/// Keys are ASCII names. Numbers are eight bytes, most significant first; frontiers are
/// `Frontier.bytes`; ids, texts and lists are their bytes. Behind each value follow four bytes:
/// CRC32C, most significant first, over the key and the value.
struct MetaTable: Sendable {
  /// The keys. Frozen.
  enum Key: String, CaseIterable {
    case format, log, epoch, first, frontier, tip, checkpoint, pending, keyring

    var bytes: [UInt8] { Array(rawValue.utf8) }
  }

  private let table: Table
  /// The directory of the epoch.
  let path: String

  init(_ table: Table, of path: String) {
    self.table = table
    self.path = path
  }

  func put(_ key: Key, _ value: [UInt8], in transaction: borrowing WriteTransaction) throws {
    var stored = value
    stored.append(bigEndian: CRC32C.of(value, seed: CRC32C.of(key.bytes)))
    try transaction.put(table, key.bytes, stored)
  }

  func delete(_ key: Key, in transaction: borrowing WriteTransaction) throws {
    try transaction.delete(table, key.bytes)
  }

  /// The value of a key; nil where there is none.
  ///
  /// - Throws: `LedgerError.damaged` where its checksum does not match.
  func value(_ key: Key, in transaction: borrowing some Reading & ~Copyable) throws -> [UInt8]? {
    guard let stored = try transaction.value(table, key.bytes) else { return nil }
    guard let value = Self.checked(stored, key: key.bytes) else { throw damage(key) }
    return value
  }

  /// The value of a key that every epoch has.
  func required(_ key: Key, in transaction: borrowing some Reading & ~Copyable) throws -> [UInt8] {
    guard let value = try value(key, in: transaction) else { throw damage(key) }
    return value
  }

  func number(_ key: Key, in transaction: borrowing some Reading & ~Copyable) throws -> UInt64 {
    let bytes = try required(key, in: transaction)
    guard bytes.count == 8 else { throw damage(key) }
    return Ledger.number(bigEndian: bytes[...])
  }

  func frontier(_ key: Key, in transaction: borrowing some Reading & ~Copyable) throws -> Frontier {
    do { return try Frontier(bytes: try required(key, in: transaction)) } catch is ProofError {
      throw damage(key)
    }
  }

  /// How many values there are.
  func count(in transaction: borrowing some Reading & ~Copyable) throws -> Int {
    try transaction.count(table)
  }

  /// A stored value without its checksum; nil where that does not match.
  static func checked(_ stored: [UInt8], key: [UInt8]) -> [UInt8]? {
    guard stored.count >= 4 else { return nil }
    let value = Array(stored.dropLast(4))
    let checksum = Ledger.number(bigEndian: stored.suffix(4))
    return UInt64(CRC32C.of(value, seed: CRC32C.of(key))) == checksum ? value : nil
  }

  func damage(_ key: Key) -> LedgerError {
    .damaged(
      position: nil, what: "the value of \(key.rawValue) in the table meta of \(path)/data.mdb")
  }
}
