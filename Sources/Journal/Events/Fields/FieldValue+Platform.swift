import Platform

extension ID: FieldValue {
  public static var shape: String { "id" }

  public func encode(to writer: inout CBORWriter) { writer.id(self) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    let range = try cursor.octets(in: bytes)
    guard range.count == 16 else { throw .outOfRange(at: start) }
    self.init(
      high: bytes.bigEndian64(at: range.lowerBound),
      low: bytes.bigEndian64(at: range.lowerBound + 8))
  }

  public func render(to json: inout JSONWriter) { json.text(description) }

  public func collect(into entities: inout [ID]) { entities.append(self) }
}

/// Microseconds since 1970-01-01T00:00:00Z.
extension Timestamp: FieldValue {
  public static var shape: String { "time" }

  public func encode(to writer: inout CBORWriter) { writer.integer(microseconds) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    let microseconds = try cursor.integer(in: bytes)
    // The last second before the range of integers cannot be rounded down.
    guard microseconds >= Int64.min + 1_000_000 else { throw .outOfRange(at: start) }
    self.init(microseconds: microseconds)
  }

  public func render(to json: inout JSONWriter) { json.text(description) }
}

extension Digest: FieldValue {
  public static var shape: String { "digest" }

  public func encode(to writer: inout CBORWriter) { writer.octets(bytes) }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    let range = try cursor.octets(in: bytes)
    guard let digest = Digest(bytes: [UInt8](copying: range, of: bytes)) else {
      throw .outOfRange(at: start)
    }
    self = digest
  }

  public func render(to json: inout JSONWriter) { json.text(description) }
}

/// The wall clock, the boot id and nanoseconds since boot.
extension ClockMark: FieldValue {
  public static var shape: String { "[wall time, boot id, since boot ns uint]" }

  public func encode(to writer: inout CBORWriter) {
    writer.array(count: 3)
    wall.encode(to: &writer)
    boot.encode(to: &writer)
    sinceBoot.encode(to: &writer)
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 3 else { throw .outOfRange(at: start) }
    let wall = try Timestamp(from: &cursor, in: bytes)
    let boot = try ID(from: &cursor, in: bytes)
    let sinceBoot = try UInt64(from: &cursor, in: bytes)
    cursor.leave()
    self.init(wall: wall, boot: boot, sinceBoot: sinceBoot)
  }

  public func render(to json: inout JSONWriter) {
    json.array { json in
      wall.render(to: &json)
      boot.render(to: &json)
      sinceBoot.render(to: &json)
    }
  }
}
