/// How much one decision may change, so that none holds up the writer: 10,000 rows in all.
///
/// Larger work is a series of decisions; each answers where the next begins.
public enum DecisionLimits {
  /// Messages whose flags change: one row each.
  public static let flagChanges = 10_000
  /// Messages that are copied or moved: two rows each.
  public static let copies: UInt32 = 4_000
  /// Messages that are expunged: five rows each.
  public static let expunges: UInt32 = 2_000
  /// Keywords that have a number in one mailbox.
  public static let keywords = 64
  /// Targets of one alias.
  public static let aliasTargets = 100
  /// Mailboxes of one user.
  public static let mailboxes: UInt32 = 5_000
  /// Runs of UIDs in one event, so that it fits a record.
  static let runs = 4_000
  /// Octets of envelope and structure in one event; beyond that they are computed on demand.
  static let facts = 32_768
  /// Octets of recipients and wraps in one event; the others follow in further events.
  static let recipients = 12_288
}
