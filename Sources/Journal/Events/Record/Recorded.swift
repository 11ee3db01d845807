import Platform

/// An event in its place in the journal, as readers and folds see it.
public struct Recorded: Hashable, Sendable {
  public var header: EventHeader
  public var event: Event

  public init(header: EventHeader, event: Event) {
    self.header = header
    self.event = event
  }

  public var position: Position { header.position }

  /// What is known of a redacted record: that there was one.
  public static func redacted(at position: Position) -> Recorded {
    return Recorded(
      header: EventHeader(position: position, time: .zero, type: .redacted, id: .zero),
      event: .redacted)
  }
}
