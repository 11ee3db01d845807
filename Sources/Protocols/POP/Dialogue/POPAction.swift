import Events

/// What a session does next, as its dialogue decides.
enum POPAction: Hashable, Sendable {
  case reply(Reply)
  /// A reply, these lines, and the dot.
  case lines(Reply, [String])
  /// Reply, then negotiate TLS, and tell the dialogue by `startedTLS`.
  case startTLS(Reply)
  /// Sign in, then tell the dialogue by `signedIn` or `signInFailed`.
  case checkPassword(name: [UInt8], password: [UInt8])
  case authenticate(mechanism: String, initialResponse: [UInt8]?)
  /// Tell of all messages that are not marked.
  case list(Listing, Maildrop)
  /// Send a message; of its body so many lines, or all where that is nil.
  case retrieve(Maildrop.Entry, bodyLines: UInt64?)
  /// Remove these messages, then reply and hang up.
  case update(MailboxID, UIDSet)
  case hangUp(Reply)
}
