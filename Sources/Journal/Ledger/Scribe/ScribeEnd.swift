/// Why a Scribe ended the process: the outcome of a commit or sync is unknown.
///
/// A sync is never retried: the second may succeed although the first lost pages. The process
/// ends, and the next one reads what is durable and goes on from there.
public struct ScribeEnd: Hashable, Sendable {
  /// The exit code by which a supervisor knows that a restart is right: 75, "temporary failure" of
  /// sysexits.
  public static let exitCode: Int32 = 75

  /// What failed, for the operator; no personal data.
  public let reason: String
}
