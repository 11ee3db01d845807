import Platform

/// What every record says in clear about its event, whatever its type is.
public struct EventHeader: Hashable, Sendable {
  public var position: Position
  /// The wall clock when the event was decided; order is the position, not the time.
  public var time: Timestamp
  public var type: EventType
  public var id: EventID
  /// The domain the event belongs to; nil for events of the system.
  public var domain: DomainID?
  /// The number in the domain's feed, from 1, of an event whose type is published.
  public var feed: UInt64?
  public var actor: ActorID
  public var session: SessionID?
  /// What joins events of one undertaking, such as a job.
  public var correlation: ID?
  /// The event that led to this one.
  public var causation: EventID?
  /// The bodies the event brings with it.
  public var contents: [ContentID]
  /// The slot whose key seals the personal part; nil where the message's data key does.
  public var slot: Slot?
  /// The message's data key, once for each of its holders.
  public var wraps: [Wrap]

  public init(
    position: Position, time: Timestamp, type: EventType, id: EventID, domain: DomainID? = nil,
    feed: UInt64? = nil, actor: ActorID = .server, session: SessionID? = nil,
    correlation: ID? = nil, causation: EventID? = nil, contents: [ContentID] = [],
    slot: Slot? = nil, wraps: [Wrap] = []
  ) {
    self.position = position
    self.time = time
    self.type = type
    self.id = id
    self.domain = domain
    self.feed = feed
    self.actor = actor
    self.session = session
    self.correlation = correlation
    self.causation = causation
    self.contents = contents
    self.slot = slot
    self.wraps = wraps
  }
}
