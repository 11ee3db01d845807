import MailFormat

/// A map for each part. `start`, `body` and `end` are the offsets of header, body and what follows
/// it; a multipart has `parts`, an embedded message `envelope` and `message`. What is absent or
/// empty is left out, and so is the encoding `7bit`.
extension BodyStructure: FieldValue {
  public static var shape: String { "structure" }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("id", id)
      map.pair("end", bodyEnd)
      map.pair("md5", md5)
      map.pair("body", bodyStart)
      map.pair("type", media.type)
      map.pair("lines", lines)
      if case .multipart(let parts) = content { map.pair("parts", parts) }
      map.pair("start", headerStart)
      if case .message(_, let structure) = content { map.pair("message", structure) }
      map.pair("subtype", media.subtype)
      map.pair("encoding", encoding == BodyStructure.sevenBit ? nil : encoding)
      if case .message(let envelope, _) = content { map.pair("envelope", envelope) }
      map.pair("language", languages.isEmpty ? nil : languages)
      map.pair("location", location)
      map.pair("parameters", media.parameters.isEmpty ? nil : media.parameters)
      map.pair("description", description)
      map.pair("disposition", disposition)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.init(media: MediaType(type: [], subtype: []))
    let start = cursor.offset
    var map = try CBORMap(cursor, in: bytes)
    id = try map.optional("id", in: bytes)
    bodyEnd = try map.required("end", in: bytes)
    md5 = try map.optional("md5", in: bytes)
    bodyStart = try map.required("body", in: bytes)
    media.type = try map.required("type", in: bytes)
    lines = try map.required("lines", in: bytes)
    let parts: [BodyStructure]? = try map.optional("parts", in: bytes)
    headerStart = try map.required("start", in: bytes)
    let message: BodyStructure? = try map.optional("message", in: bytes)
    media.subtype = try map.required("subtype", in: bytes)
    encoding = try map.optional("encoding", in: bytes) ?? BodyStructure.sevenBit
    let envelope: Envelope? = try map.optional("envelope", in: bytes)
    languages = try map.optional("language", in: bytes) ?? []
    location = try map.optional("location", in: bytes)
    media.parameters = try map.optional("parameters", in: bytes) ?? []
    description = try map.optional("description", in: bytes)
    disposition = try map.optional("disposition", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
    content = BodyStructure.content(parts, envelope, message)
    guard headerStart <= bodyStart, bodyStart <= bodyEnd else { throw .outOfRange(at: start) }
  }

  private static func content(
    _ parts: [BodyStructure]?, _ envelope: Envelope?, _ message: BodyStructure?
  ) -> Content {
    if let parts { return .multipart(parts) }
    guard let message else { return .leaf }
    return .message(envelope ?? Envelope(), message)
  }

  public func render(to json: inout JSONWriter) { json.item(stored) }
}
