/// What the sender asked of delivery reports for the whole message. RFC 3461 §4.3, §4.4
public struct DeliveryNotice: Hashable, Sendable {
  /// The RET parameter: `FULL` or `HDRS`.
  public var ret: String?
  /// The ENVID parameter, decoded.
  public var envelopeID: [UInt8]?

  public init(ret: String? = nil, envelopeID: [UInt8]? = nil) {
    self.ret = ret
    self.envelopeID = envelopeID
  }
}

extension DeliveryNotice: FieldValue {
  public static var shape: String { "{ret? text, envid? bytes}" }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("ret", ret)
      map.pair("envid", envelopeID)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    var map = try CBORMap(cursor, in: bytes)
    ret = try map.optional("ret", in: bytes)
    envelopeID = try map.optional("envid", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) {
    json.object { json in
      json.member("ret", ifAny: ret)
      json.member("envid", ifAny: envelopeID)
    }
  }
}
