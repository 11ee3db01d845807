import Platform

/// Who decides whether a peer may come in, before anything is read from it or said to it.
///
/// Called on event loops: it answers at once and never blocks.
public protocol Doorkeeper: AnyObject, Sendable {
  /// Whether a new connection of the peer is served.
  func admits(_ peer: IPAddress) -> Bool
  /// A connection that was served is over.
  func left(_ peer: IPAddress, _ tally: ConnectionTally)
}
