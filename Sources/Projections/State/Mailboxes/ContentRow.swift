import Events
import Platform

/// What all copies of one message share: its body, its keys, its parsed facts.
public struct Content: Hashable, Sendable {
  /// The event that accepted or appended the message.
  public let origin: Position
  public let message: MessageID
  /// Nil where the event named no body.
  public let body: ContentID?
  /// Octets of the body in clear.
  public let bodyLength: UInt64
  /// Of the sealed body as stored.
  public let sha256: Digest
  /// The data key, wrapped for each holder.
  public internal(set) var wraps: [Wrap]
  /// As coded in the event; nil where it was too large or is erased.
  public let envelope: EncodedEnvelope?
  public let structure: EncodedStructure?
  /// How many message rows there are of it.
  var holders: UInt32
}

/// Row of `content`, key: position of the event (8).
/// holders 4, body length 8, message 16, content 16 (zero: none), sha256 32, number of wraps 2, each
/// slot 8 and key 40, envelope 4 + n, structure 4 + n; 0 octets stand for none.
extension Content {
  static let holdersOffset = 0
  static let bodyOffset = 28

  var row: [UInt8] {
    var row = RowWriter(
      capacity: 88 + wraps.count * 48 + (envelope?.bytes.count ?? 0) + (structure?.bytes.count ?? 0)
    )
    row.uint32(holders)
    row.uint64(bodyLength)
    row.id(message.rawValue)
    row.id(body?.rawValue ?? .zero)
    row.raw(sha256.bytes)
    row.uint16(UInt16(clamping: wraps.count))
    for wrap in wraps.prefix(Int(UInt16.max)) {
      row.uint64(wrap.slot.rawValue)
      row.raw(wrap.bytes)
    }
    row.long(envelope?.bytes ?? [])
    row.long(structure?.bytes ?? [])
    return row.bytes
  }

  init(_ origin: Position, _ row: RawSpan) throws {
    var cursor = RowCursor()
    self.origin = origin
    holders = try cursor.uint32(row)
    bodyLength = try cursor.uint64(row)
    message = MessageID(rawValue: try cursor.id(row))
    let body = ContentID(rawValue: try cursor.id(row))
    self.body = body == .zero ? nil : body
    sha256 = Digest(bytes: try cursor.raw(32, row)) ?? .zero
    wraps = []
    for _ in 0..<(try cursor.uint16(row)) {
      let slot = Slot(try cursor.uint64(row))
      if let wrap = Wrap(slot: slot, bytes: try cursor.raw(Wrap.length, row)) { wraps.append(wrap) }
    }
    let envelope = try cursor.long(row)
    self.envelope = envelope.isEmpty ? nil : EncodedEnvelope(stored: envelope)
    let structure = try cursor.long(row)
    self.structure = structure.isEmpty ? nil : EncodedStructure(stored: structure)
  }

  static func key(_ origin: Position) -> [UInt8] {
    var key = RowWriter(capacity: 8)
    key.uint64(origin.rawValue)
    return key.bytes
  }
}
