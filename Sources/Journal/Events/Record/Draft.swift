import Platform

/// An event as a decision proposes it; the Scribe gives it its place, its ids and its seal.
public struct Draft: Sendable {
  public var event: Event
  /// The domain it belongs to; nil for events of the system.
  public var domain: DomainID?
  public var seal: Seal
  /// The bodies it brings with it.
  public var contents: [ContentID]
  /// What joins events of one undertaking; nil takes the one of the request.
  public var correlation: ID?

  public init(
    _ event: Event, domain: DomainID? = nil, seal: Seal = .none, contents: [ContentID] = [],
    correlation: ID? = nil
  ) {
    self.event = event
    self.domain = domain
    self.seal = seal
    self.contents = contents
    self.correlation = correlation
  }
}
