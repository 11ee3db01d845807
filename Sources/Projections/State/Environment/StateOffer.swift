/// A State that was folded anew and is to take the live one's place.
///
/// Used on the Scribe's thread, between two batches.
struct StateOffer: Sendable {
  let prepared: StateEnvironment
  /// Folds what came while the bulk was folded; a few events.
  let catchUp: @Sendable () throws -> Void
  /// Told once: nil where it is in place, else why the live one stays.
  let answer: @Sendable ((any Error)?) -> Void
}
