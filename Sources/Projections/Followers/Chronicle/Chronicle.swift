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
  public static let readsPersonal = false

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
