import MailFormat

/// A map; what is absent is left out, and so are `sender` and `reply_to` where they say what `from`
/// says.
extension Envelope: FieldValue {
  public static var shape: String { "envelope" }

  public func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("cc", cc.isEmpty ? nil : cc)
      map.pair("to", to.isEmpty ? nil : to)
      map.pair("bcc", bcc.isEmpty ? nil : bcc)
      map.pair("date", date)
      map.pair("from", from.isEmpty ? nil : from)
      map.pair("sender", sender == from ? nil : sender)
      map.pair("subject", subject)
      map.pair("reply_to", replyTo == from ? nil : replyTo)
      map.pair("message_id", messageID)
      map.pair("in_reply_to", inReplyTo)
    }
  }

  public init(from cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    self.init()
    var map = try CBORMap(cursor, in: bytes)
    cc = try map.optional("cc", in: bytes) ?? []
    to = try map.optional("to", in: bytes) ?? []
    bcc = try map.optional("bcc", in: bytes) ?? []
    date = try map.optional("date", in: bytes)
    from = try map.optional("from", in: bytes) ?? []
    sender = try map.optional("sender", in: bytes) ?? from
    subject = try map.optional("subject", in: bytes)
    replyTo = try map.optional("reply_to", in: bytes) ?? from
    messageID = try map.optional("message_id", in: bytes)
    inReplyTo = try map.optional("in_reply_to", in: bytes)
    try map.finish(in: bytes)
    cursor = map.cursor
  }

  public func render(to json: inout JSONWriter) { json.item(stored) }
}
