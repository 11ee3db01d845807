extension Event {
  /// The type and version of what the event says.
  public var type: EventType {
    switch self {
    case .unknown(let type): return type
    case .redacted: return .redacted
    default:
      var reader = TypeReader()
      accept(&reader)
      return reader.type
    }
  }
}

extension EventType {
  /// What takes the place of the type of a redacted record, which no record states.
  public static let redacted = EventType("redacted", version: 0)
}

private struct TypeReader: PayloadVisitor {
  var type = EventType.redacted

  mutating func visit<Payload: EventPayload>(_ payload: Payload) {
    type = Payload.type
  }
}
