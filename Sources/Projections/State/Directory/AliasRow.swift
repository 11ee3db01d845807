import Events
import Platform

/// An address without a mailbox, which stands for others.
public struct Alias: Hashable, Sendable {
  public let id: AliasID
  public let domain: DomainID
  /// The event that added it.
  public let position: Position
  public internal(set) var isGreylisted: Bool
  /// Nil once it is erased.
  public let localPart: LocalPart?
  /// Full addresses, at most `DecisionLimits.aliasTargets`.
  public internal(set) var targets: [String]
}

/// Row of `alias`, key: alias id (16).
/// domain 16, position 8, greylisted 1, local part 2 + n, number of targets 2, each 2 + n.
extension Alias {
  var row: [UInt8] {
    var row = RowWriter(capacity: 64 + targets.reduce(0) { $0 + $1.utf8.count + 2 })
    row.id(domain.rawValue)
    row.uint64(position.rawValue)
    row.uint8(isGreylisted ? 1 : 0)
    row.short(localPart?.bytes ?? [])
    row.uint16(UInt16(clamping: targets.count))
    for target in targets.prefix(Int(UInt16.max)) { row.short(target.utf8) }
    return row.bytes
  }

  init(_ id: AliasID, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.id = id
    domain = DomainID(rawValue: try cursor.id(row))
    position = Position(try cursor.uint64(row))
    isGreylisted = try cursor.uint8(row) == 1
    let localPart = try cursor.short(row)
    self.localPart = localPart.isEmpty ? nil : LocalPart(canonical: localPart)
    targets = []
    for _ in 0..<(try cursor.uint16(row)) { targets.append(try cursor.shortText(row)) }
  }
}

/// Another name of a domain.
public struct DomainAlias: Hashable, Sendable {
  public let id: AliasID
  public let domain: DomainID
  /// Nil once it is erased.
  public let name: DomainName?
}

/// Row of `domain_alias`, key: domain id (16), alias id (16). name: rest.
extension DomainAlias {
  var key: [UInt8] { Self.key(domain, id) }

  var row: [UInt8] { Array((name?.text ?? "").utf8) }

  static func key(_ domain: DomainID, _ id: AliasID) -> [UInt8] {
    domain.rawValue.bytes + id.rawValue.bytes
  }

  init(_ domain: DomainID, _ id: AliasID, _ row: RawSpan) throws {
    self.id = id
    self.domain = domain
    var cursor = RowCursor()
    let name = String(decoding: try cursor.rest(row), as: UTF8.self)
    self.name = name.isEmpty ? nil : DomainName(canonical: name)
  }
}
