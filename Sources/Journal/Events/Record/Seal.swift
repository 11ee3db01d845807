import Platform

/// Under which key the personal part of an event is sealed.
public enum Seal: Hashable, Sendable {
  /// The event has no personal part.
  case none
  /// Under the key in a slot: of a user, a domain, or the server.
  case slot(Slot)
  /// Under the data key of a message. The record wraps the key for each of `holders`; where there
  /// are none, the wraps are in the record that the payload's field `origin` names.
  case message(Key, holders: [Slot])
}
