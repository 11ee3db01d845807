/// The slots of one secret setting before and after.
public struct SecretChange: Hashable, Sendable {
  public var key: String
  /// Where the value now is; nil where there is none any more.
  public var slot: Slot?
  /// Where it was before; that slot is destroyed.
  public var replaced: Slot?

  public init(key: String, slot: Slot?, replaced: Slot?) {
    self.key = key
    self.slot = slot
    self.replaced = replaced
  }
}

extension SecretChange: FieldValue {
  public static var shape: String { "{key text, slot? uint, replaced? uint}" }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("key", key)
      map.pair("slot", slot)
      map.pair("replaced", replaced)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var map = try CBORMap(cursor, in: bytes)
    key = try map.required("key", in: bytes)
    slot = try map.optional("slot", in: bytes)
    replaced = try map.optional("replaced", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) {
    json.object { json in
      json.member("key", key)
      if let slot { json.member("slot", slot.rawValue) }
      if let replaced { json.member("replaced", replaced.rawValue) }
    }
  }
}
