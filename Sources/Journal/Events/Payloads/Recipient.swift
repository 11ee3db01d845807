/// One recipient of a message, as the client named it and as it was understood.
public struct Recipient: Hashable, Sendable {
  /// The forward path without brackets, as given.
  public var address: [UInt8]
  /// The steps from the address to the user; nil where it is the user's own.
  public var via: [RouteStep]?
  /// The local user it belongs to; nil for a remote one.
  public var user: UserID?
  /// The NOTIFY parameter, such as `SUCCESS,FAILURE`. RFC 3461 §4.1
  public var notify: String?
  /// The ORCPT parameter, decoded: `rfc822;` and the address. RFC 3461 §4.2
  public var original: [UInt8]?

  public init(
    address: [UInt8], user: UserID? = nil, via: [RouteStep]? = nil, notify: String? = nil,
    original: [UInt8]? = nil
  ) {
    self.address = address
    self.user = user
    self.via = via
    self.notify = notify
    self.original = original
  }
}

extension Recipient: FieldValue {
  public static var shape: String {
    "{via? [\(RouteStep.shape)], user? id, notify? text, address bytes, original? bytes}"
  }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("via", via)
      map.pair("user", user)
      map.pair("notify", notify)
      map.pair("address", address)
      map.pair("original", original)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var map = try CBORMap(cursor, in: bytes)
    via = try map.optional("via", in: bytes)
    user = try map.optional("user", in: bytes)
    notify = try map.optional("notify", in: bytes)
    address = try map.required("address", in: bytes)
    original = try map.optional("original", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) {
    json.object { json in
      json.key("address")
      json.octets(address)
      json.member("via", ifAny: via)
      json.member("user", ifAny: user)
      json.member("notify", ifAny: notify)
      json.member("original", ifAny: original)
    }
  }
}
