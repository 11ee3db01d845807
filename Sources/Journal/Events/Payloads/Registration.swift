/// One version of one event type: its frozen name, what it declares, how it is read.
public final class Registration: Sendable {
  public let type: EventType
  /// One sentence: when such an event is written.
  public let about: String
  /// In the order in which they are declared.
  public let fields: [Field]
  /// An event of the type with nothing in it, which tests fill.
  let blank: Event
  let decode: @Sendable ([UInt8], Int, [UInt8]?) throws(DecodingFailure) -> Event

  /// - Parameter upcast: makes today's event of the payload: the case of the enum itself for a
  ///   current version, a translation for one that is only read.
  init<Payload: BlankPayload>(_ upcast: @escaping @Sendable (Payload) -> Event) {
    type = Payload.type
    about = Payload.about
    fields = Payload.fields
    blank = upcast(Payload())
    decode = { (record, offset, personal) throws(DecodingFailure) in
      upcast(try Payload(record: record, at: offset, personal: personal))
    }
  }
}
