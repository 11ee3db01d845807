import Events
import Platform
import Store

/// Where in the journal a domain, a thing or an undertaking is spoken of: what makes *as of* and
/// *why* quick.
///
/// Tables `domain`, `entity` and `correlation`: id (16), position (8) -> nothing. Entities are users,
/// mailboxes, messages and sessions. Ids alone are kept, so there is nothing to erase.
public struct Chronicle: Follower {
  public static let name = "chronicle"
  public static let tables = ["domain", "entity", "correlation"]
  public static let format: UInt64 = 1

  public init() {}

  public func fold(
    _ recorded: Recorded, _ prepared: Void, _ tables: FollowerTables,
    _ transaction: borrowing WriteTransaction
  ) throws {
    let header = recorded.header
    let position = recorded.position.keyBytes
    if let domain = header.domain {
      try transaction.put(tables["domain"], domain.rawValue.bytes + position, [])
    }
    if let correlation = header.correlation {
      try transaction.put(tables["correlation"], correlation.bytes + position, [])
    }
    for entity in recorded.entities {
      try transaction.put(tables["entity"], entity.bytes + position, [])
    }
  }
}

extension FollowerRunner where F == Chronicle {
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

extension RawSpan {
  /// The last eight octets as a number.
  fileprivate var bigEndianTail: UInt64 {
    guard byteCount >= 8 else { return 0 }
    return unsafe UInt64(
      bigEndian: unsafeLoadUnaligned(fromByteOffset: byteCount - 8, as: UInt64.self))
  }
}
