import Events
import Platform

/// Who asked for a decision, and in what conversation.
///
/// It goes unchanged into the header of every event the decision makes.
public struct Origin: Hashable, Sendable {
  /// The user, operator or peer that asked; zero is the server itself.
  public let actor: ActorID
  /// The connection it was asked on.
  public let session: SessionID?
  /// What ties the events of one undertaking together, over sessions and restarts.
  public let correlation: ID?
  /// The event this decision answers.
  public let causation: EventID?

  public init(
    actor: ActorID, session: SessionID? = nil, correlation: ID? = nil, causation: EventID? = nil
  ) {
    self.actor = actor
    self.session = session
    self.correlation = correlation
    self.causation = causation
  }
}
