/// The old and the new value of one setting, both as text.
public struct SettingChange: Hashable, Sendable {
  public var key: String
  /// Nil where the default held.
  public var old: String?
  /// Nil where the default holds from now on.
  public var new: String?

  public init(key: String, old: String?, new: String?) {
    self.key = key
    self.old = old
    self.new = new
  }
}

extension SettingChange: FieldValue {
  public static var shape: String { "{key text, new? text, old? text}" }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("key", key)
      map.pair("new", new)
      map.pair("old", old)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var map = try CBORMap(cursor, in: bytes)
    key = try map.required("key", in: bytes)
    new = try map.optional("new", in: bytes)
    old = try map.optional("old", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) {
    json.object { json in
      json.member("key", key)
      json.key("old")
      if let old { json.text(old) } else { json.null() }
      json.key("new")
      if let new { json.text(new) } else { json.null() }
    }
  }
}
