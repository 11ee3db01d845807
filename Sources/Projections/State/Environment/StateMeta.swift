import Events
import Ledger
import Platform

/// The rows of `meta`: how far State has folded, and by which format.
enum StateMeta {
  static let checkpoint = Array("checkpoint".utf8)
  static let format = Array("format".utf8)

  /// log 16, position 8, root 32.
  static func row(_ checkpoint: StateCheckpoint) -> [UInt8] {
    checkpoint.log.rawValue.bytes + row(checkpoint.position.rawValue) + checkpoint.root.bytes
  }

  static func row(_ number: UInt64) -> [UInt8] {
    var row = RowWriter(capacity: 8)
    row.uint64(number)
    return row.bytes
  }

  static func number(of row: [UInt8]) -> UInt64? {
    row.count == 8 ? row.reduce(0) { $0 << 8 | UInt64($1) } : nil
  }

  static func checkpoint(of row: [UInt8]) -> StateCheckpoint? {
    let id = Array(row.prefix(16))
    guard row.count == 56, let log = ID(bytes: id.span),
      let root = Digest(bytes: Array(row[24...])),
      let position = number(of: Array(row[16..<24]))
    else { return nil }
    return StateCheckpoint(log: LogID(rawValue: log), position: Position(position), root: root)
  }
}
