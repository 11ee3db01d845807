import Events
import Ledger
import Platform
import State
import Store

/// The Chronicle as it is asked: positions in order, as far as it has folded.
public struct ChronicleIndex: Sendable {
  private let store: FollowerStore

  init(_ store: FollowerStore) { self.store = store }

  /// Opens the Chronicle that another process keeps; nil where there is none to rely on.
  public static func open(_ journal: Journal) throws -> ChronicleIndex? {
    try FollowerPlace(Chronicle.name, journal).reading(Chronicle.self).map(ChronicleIndex.init)
  }

  /// Ends the use of one that `open` gave.
  public func close() { store.close() }

  /// Up to where it answers.
  public var reached: Position { get throws { try store.checkpoint?.position ?? .zero } }

  /// The events of a domain after a position, in order.
  public func positions(
    of domain: DomainID, after position: Position = .zero, limit: Int = 1_000
  ) throws -> [Position] {
    try positions("domain", domain.rawValue, position, limit)
  }

  /// The events that speak of a user, mailbox, message or session after a position, in order.
  public func positions(
    ofEntity entity: ID, after position: Position = .zero, limit: Int = 1_000
  ) throws -> [Position] {
    try positions("entity", entity, position, limit)
  }

  /// The events of one undertaking after a position, in order.
  public func positions(
    ofCorrelation correlation: ID, after position: Position = .zero, limit: Int = 1_000
  ) throws -> [Position] {
    try positions("correlation", correlation, position, limit)
  }

  private func positions(
    _ table: String, _ id: ID, _ position: Position, _ limit: Int
  ) throws -> [Position] {
    guard limit > 0 else { return [] }
    return try store.read { transaction, tables in
      var positions: [Position] = []
      let start = id.bytes + position.advanced().keyBytes
      try transaction.scan(tables[table], prefix: id.bytes, from: start) { key, _ in
        positions.append(Position(key.bigEndianTail))
        return positions.count < limit
      }
      return positions
    }
  }
}

extension FollowerRunner where F == Chronicle {
  /// What it has folded so far.
  public var index: ChronicleIndex { ChronicleIndex(store) }
}

extension RawSpan {
  /// The last eight octets as a number.
  fileprivate var bigEndianTail: UInt64 {
    guard byteCount >= 8 else { return 0 }
    return unsafe UInt64(
      bigEndian: unsafeLoadUnaligned(fromByteOffset: byteCount - 8, as: UInt64.self))
  }
}
