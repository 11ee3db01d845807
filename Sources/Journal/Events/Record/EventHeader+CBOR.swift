import Platform

/// A map with text keys in key order. What is nil, empty, or the server as actor is left out.
extension EventHeader {
  func encode(to writer: inout CBORWriter) {
    writer.map { map in
      map.pair("id", id)
      map.pair("feed", feed)
      map.pair("slot", slot)
      map.pair("time", time)
      map.pair("type", type.name)
      map.pair("actor", actor == .server ? nil : actor)
      map.pair("wraps", wraps.isEmpty ? nil : wraps)
      map.pair("domain", domain)
      map.pair("session", session)
      map.pair("version", type.version)
      map.pair("contents", contents.isEmpty ? nil : contents)
      map.pair("position", position)
      map.pair("causation", causation)
      map.pair("correlation", correlation)
    }
  }

  /// The header that starts at `offset`, and the registration of its type where that is known.
  static func decode(
    at offset: Int, in bytes: Span<UInt8>
  ) throws(CBORError) -> (header: EventHeader, registration: Registration?) {
    var map = try CBORMap(CBORCursor(at: offset), in: bytes)
    let id: EventID = try map.required("id", in: bytes)
    let feed: UInt64? = try map.optional("feed", in: bytes)
    let slot: Slot? = try map.optional("slot", in: bytes)
    let time: Timestamp = try map.required("time", in: bytes)
    guard try map.find("type", in: bytes) else { throw .unexpected(at: map.cursor.offset) }
    let name = try map.cursor.text(in: bytes)
    let actor: ActorID? = try map.optional("actor", in: bytes)
    let wraps: [Wrap]? = try map.optional("wraps", in: bytes)
    let domain: DomainID? = try map.optional("domain", in: bytes)
    let session: SessionID? = try map.optional("session", in: bytes)
    let version: UInt64 = try map.required("version", in: bytes)
    let contents: [ContentID]? = try map.optional("contents", in: bytes)
    let position: Position = try map.required("position", in: bytes)
    let causation: EventID? = try map.optional("causation", in: bytes)
    let correlation: ID? = try map.optional("correlation", in: bytes)
    let registration = EventCatalogue.registration(name, version: version, in: bytes)
    let type: EventType
    if let registration {
      type = registration.type
    } else {
      type = try unknownType(name, version, in: bytes)
    }
    let header = EventHeader(
      position: position, time: time, type: type, id: id,
      domain: domain, feed: feed, actor: actor ?? .server, session: session,
      correlation: correlation, causation: causation, contents: contents ?? [], slot: slot,
      wraps: wraps ?? [])
    return (header, registration)
  }

  private static func unknownType(
    _ name: Range<Int>, _ version: UInt64, in bytes: Span<UInt8>
  ) throws(CBORError) -> EventType {
    guard let text = String(utf8: name, in: bytes) else { throw .notText(at: name.lowerBound) }
    return EventType(text, version: version)
  }
}
