import Events
import Platform

/// A source that is shut out of a service for a time. Row of `block`, key: position (8).
/// mark 32, until 8, count 8, threshold 8, window 8, setting 8, service 1, rule short, source short.
public struct Block: Hashable, Sendable {
  /// Of the event that began it; names the block.
  public let position: Position
  public let since: ClockMark
  /// By the wall clock as it was when the block began.
  public let until: Timestamp
  public let count: UInt64
  public let threshold: UInt64
  public let window: UInt64
  public let setting: Position
  public let service: ProtectedService
  public let rule: AbuseRule
  /// Such as `192.0.2.1` or `2001:db8::/64`.
  public let source: String

  /// How long it lasts in all.
  public var duration: Duration { until.since(since.wall) }

  /// What is left of it at `now`; all of it where nobody can tell.
  public func left(at now: ClockMark) -> Duration {
    max(.zero, duration - (since.age(at: now) ?? .zero))
  }

  /// Nil for a source that is no address.
  public var subject: AbuseSubject? { AbuseSubject(source: source, user: nil) }

  /// Nil for what this program does not know.
  init?(_ position: Position, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.position = position
    since = try cursor.mark(row)
    until = try cursor.time(row)
    count = try cursor.uint64(row)
    threshold = try cursor.uint64(row)
    window = try cursor.uint64(row)
    setting = Position(try cursor.uint64(row))
    let service = ProtectedService(code: try cursor.uint8(row))
    let rule = AbuseRule(rawValue: try cursor.shortText(row))
    source = try cursor.shortText(row)
    guard let service, let rule else { return nil }
    self.service = service
    self.rule = rule
  }
}

extension StateBatch {
  func fold(_ event: SourceBlocked, _ header: EventHeader) throws {
    touchedProtection = true
    guard let source = event.source.value, let service = ProtectedService(rawValue: event.service)
    else { return }
    var row = RowWriter(capacity: 128)
    row.mark(event.since)
    row.time(event.until)
    for number in [event.count, event.threshold, event.window, event.setting.rawValue] {
      row.uint64(number)
    }
    row.uint8(service.code)
    row.short(event.rule.utf8)
    row.short(source.utf8)
    try put(.block, Self.key(header.position), row.bytes)
    try forgetCount(event.rule, service, AbuseSubject(source: source, user: nil))
  }

  func fold(_ event: SourceUnblocked, _ header: EventHeader) throws {
    touchedProtection = true
    try delete(.block, Self.key(event.block))
  }

  func fold(_ event: AbuseReported, _ header: EventHeader) throws {
    guard let service = ProtectedService(rawValue: event.service) else { return }
    try forgetCount(
      event.rule, service, AbuseSubject(source: event.source.value, user: event.user))
  }

  private static func key(_ position: Position) -> [UInt8] {
    var key = RowWriter(capacity: 8)
    key.uint64(position.rawValue)
    return key.bytes
  }
}

extension StateView {
  /// The blocks that have not been told to be over, in the order they began.
  public func blocks() throws -> [Block] {
    var blocks: [Block] = []
    try scan(.block, prefix: []) { key, row in
      if let block = try Block(Position(key.big64(0)), row) { blocks.append(block) }
      return true
    }
    return blocks
  }
}

extension RowWriter {
  /// 32 octets.
  mutating func mark(_ value: ClockMark) {
    time(value.wall)
    id(value.boot)
    uint64(value.sinceBoot)
  }
}

extension RowCursor {
  mutating func mark(_ row: RawSpan) throws -> ClockMark {
    ClockMark(wall: try time(row), boot: try id(row), sinceBoot: try uint64(row))
  }
}
