import Events
import Platform

// How far sources have come towards a threshold. `abuse`: service 1, rule short, subject -> mark 32,
// position 8, index 4, count 8; `abuse_order`: position 8, index 4 -> key, by which the oldest are
// forgotten. Subject: 0 and an address (16), or 1 and a user id (16).
extension StateBatch {
  /// So many sources are remembered.
  static let rememberedCounts = 50_000

  func fold(_ event: AbuseCounted, _ header: EventHeader) throws {
    for (index, count) in (event.counts.value ?? []).enumerated() {
      guard let service = ProtectedService(rawValue: count.service),
        let subject = AbuseSubject(source: count.source, user: count.user)
      else { continue }
      try forgetCount(count.rule, service, subject)
      let key = AbuseRow.key(count.rule, service, subject)
      var order = RowWriter(capacity: 12)
      order.uint64(header.position.rawValue)
      order.uint32(UInt32(index))
      var row = RowWriter(capacity: 52)
      row.mark(event.since)
      row.raw(order.bytes)
      row.uint64(count.count)
      try put(.abuse, key, row.bytes)
      try put(.abuseOrder, order.bytes, key)
    }
    while try self.count(.abuseOrder) > Self.rememberedCounts, let oldest = try first(.abuseOrder) {
      try delete(.abuseOrder, oldest.key)
      try delete(.abuse, oldest.value)
    }
  }

  func forgetCount(_ rule: String, _ service: ProtectedService, _ subject: AbuseSubject?) throws {
    guard let subject else { return }
    let key = AbuseRow.key(rule, service, subject)
    guard let order = try withRow(.abuse, key, { $0.copied(AbuseRow.order) }) else { return }
    try delete(.abuse, key)
    try delete(.abuseOrder, order)
  }
}

/// What a restart must not forget of one counter.
public struct RememberedCount: Hashable, Sendable {
  public let key: AbuseKey
  public let count: UInt64
  /// When it was that many.
  public let since: ClockMark
}

extension StateView {
  /// Every counter that has come a quarter of the way.
  public func abuseCounts() throws -> [RememberedCount] {
    var counts: [RememberedCount] = []
    try scan(.abuse, prefix: []) { key, row in
      guard let key = try AbuseRow.key(key) else { return true }
      var cursor = RowCursor()
      let since = try cursor.mark(row)
      cursor = RowCursor(at: AbuseRow.order.upperBound)
      counts.append(RememberedCount(key: key, count: try cursor.uint64(row), since: since))
      return true
    }
    return counts
  }
}

private enum AbuseRow {
  /// Where the key of `abuse_order` stands in a row of `abuse`.
  static let order = 32..<44

  static func key(
    _ rule: String, _ service: ProtectedService, _ subject: AbuseSubject
  ) -> [UInt8] {
    var key = RowWriter(capacity: 48)
    key.uint8(service.code)
    key.short(rule.utf8)
    switch subject {
    case .client(let address):
      key.uint8(0)
      key.uint64(address.high)
      key.uint64(address.low)
    case .user(let user):
      key.uint8(1)
      key.id(user.rawValue)
    }
    return key.bytes
  }

  /// Nil for what this program does not know.
  static func key(_ key: RawSpan) throws -> AbuseKey? {
    var cursor = RowCursor()
    let service = ProtectedService(code: try cursor.uint8(key))
    let rule = AbuseRule(rawValue: try cursor.shortText(key))
    let isUser = try cursor.uint8(key) == 1
    let id = try cursor.id(key)
    guard let service, let rule else { return nil }
    let address = IPAddress(high: id.high, low: id.low)
    return AbuseKey(rule, service, isUser ? .user(UserID(rawValue: id)) : .client(address))
  }
}
