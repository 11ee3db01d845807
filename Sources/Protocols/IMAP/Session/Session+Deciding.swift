import Ledger
import Platform
import State

extension Session {
  /// Has a change decided and made durable, in the name of who signed in.
  ///
  /// It returns only once the change is on disk, so what follows may be told to the client; the
  /// receipt is nil where there was nothing to change.
  func decide<D: Decision>(
    _ decision: D, bodies: [SealedBody] = []
  ) async throws -> (receipt: Receipt?, answer: D.Answer) where D.View == StateView {
    try await service.node.scribe.perform(
      decision, origin: try signedInUser().origin, bodies: bodies)
  }
}
