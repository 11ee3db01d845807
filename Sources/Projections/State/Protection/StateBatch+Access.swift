import Events
import Platform

/// Whether a network is on the whitelist or the blacklist of a service.
public enum AccessAction: String, CaseIterable, Hashable, Sendable {
  case allow, deny
}

/// A network on a list. Row of `access`, key: service 1, IPv4 1, address 16, bits 1.
/// action 1, position 8, comment: rest.
public struct AccessEntry: Hashable, Sendable {
  public let service: ProtectedService
  public let network: IPNetwork
  public let action: AccessAction
  /// The event that added it.
  public let position: Position
  public let comment: String

  static func key(_ service: ProtectedService, _ network: IPNetwork) -> [UInt8] {
    var key = RowWriter(capacity: 19)
    key.uint8(service.code)
    key.uint8(network.address.isV4 ? 1 : 0)
    key.uint64(network.address.high)
    key.uint64(network.address.low)
    key.uint8(UInt8(network.bits))
    return key.bytes
  }

  /// Nil for what this program does not know.
  init?(_ key: RawSpan, _ row: RawSpan) throws {
    var cursor = RowCursor()
    let service = ProtectedService(code: try cursor.uint8(key))
    _ = try cursor.uint8(key)
    let address = IPAddress(high: try cursor.uint64(key), low: try cursor.uint64(key))
    network = IPNetwork(address, bits: Int(try cursor.uint8(key)))
    var values = RowCursor()
    let action = try values.uint8(row)
    position = Position(try values.uint64(row))
    comment = String(decoding: try values.rest(row), as: UTF8.self)
    guard let service else { return nil }
    self.service = service
    self.action = action == 0 ? .allow : .deny
  }
}

extension StateBatch {
  func fold(_ event: AccessAdded, _ header: EventHeader) throws {
    touchedProtection = true
    guard let network = event.network.value.flatMap({ IPNetwork($0) }),
      let action = AccessAction(rawValue: event.action)
    else { return }
    for service in event.services.compactMap(ProtectedService.init(rawValue:)) {
      var row = RowWriter(capacity: 32)
      row.uint8(action == .allow ? 0 : 1)
      row.uint64(header.position.rawValue)
      row.raw((event.comment.value ?? "").utf8)
      try put(.access, AccessEntry.key(service, network), row.bytes)
    }
  }

  func fold(_ event: AccessRemoved, _ header: EventHeader) throws {
    touchedProtection = true
    guard let network = event.network.value.flatMap({ IPNetwork($0) }) else { return }
    for service in event.services.compactMap(ProtectedService.init(rawValue:)) {
      try delete(.access, AccessEntry.key(service, network))
    }
  }
}

extension StateView {
  /// The lists, service by service in the order of addresses.
  public func accessEntries() throws -> [AccessEntry] {
    var entries: [AccessEntry] = []
    try scan(.access, prefix: []) { key, row in
      if let entry = try AccessEntry(key, row) { entries.append(entry) }
      return true
    }
    return entries
  }

  /// What is listed for exactly this network.
  func accessEntry(_ service: ProtectedService, _ network: IPNetwork) throws -> AccessAction? {
    try withRow(.access, AccessEntry.key(service, network)) { row in
      var cursor = RowCursor()
      return try cursor.uint8(row) == 0 ? .allow : .deny
    }
  }
}
