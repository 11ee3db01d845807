/// Where time comes from. Nothing else in the project asks the system for it.
public protocol Clock: Sendable {
  /// The wall clock, which may step.
  func now() -> Timestamp
  /// Nanoseconds since boot, suspended time included; it never steps.
  func sinceBoot() -> UInt64
  /// What names this boot of the machine; another value means that the machine was restarted.
  func bootID() -> ID
}
