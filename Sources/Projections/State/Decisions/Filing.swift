import Events

/// What became of a message for one recipient.
public enum Filing: Hashable, Sendable {
  case filed(mailbox: MailboxID, uid: UID)
  /// It waits in the spool.
  case queued
  /// No room: `452 4.2.2`.
  case overQuota(limit: UInt64, used: UInt64)
  /// Larger than the domain takes, in octets: `552 5.3.4`.
  case tooLarge(limit: UInt64)
  /// A limit of the hour is reached, and sending is refused then: `450 4.7.1`.
  case throttled
  /// User or domain is switched off: `550 5.2.1`.
  case disabled
  /// The user was deleted in the meantime: `550 5.1.1`.
  case gone

  public var isFiled: Bool { if case .filed = self { true } else { false } }

  /// Whether responsibility for it is taken.
  public var isTaken: Bool { isFiled || self == .queued }
}
