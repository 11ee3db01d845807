/// What people do to entries of the spool. SPEC §5
public enum SpoolAction: String, CaseIterable, Sendable {
  /// Attempt it next, whatever its schedule.
  case force
  /// Begin the schedule of attempts again.
  case reset
  case hold
  case release
  /// Take it out; it can be brought back for ten minutes.
  case delete
  case restore
  /// Of recipients in doubt: they have it.
  case confirm
  case prioritise
  /// Forget what was deleted more than ten minutes ago; the server's own act.
  case purge
}
