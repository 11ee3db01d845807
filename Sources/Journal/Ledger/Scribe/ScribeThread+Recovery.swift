import Events
import Platform

/// A state that could not be committed although the journal was.
///
/// What was answered must be seen by whoever reads next, so answers wait for the state, which goes
/// on showing what it last committed; nothing is decided meanwhile.
extension ScribeThread {
  func fallBehind() {
    behindSince = behindSince ?? (journal.clock.now(), boot)
    report()
  }

  /// Folds what the state lacks. Where that fails it is tried again later; a full disk closes the
  /// gate, and the ballast is let go for it.
  func recoverState() {
    state.abort()
    do {
      try foldForward()
      behindSince = nil
      log(.warning, "state_recovered")
      report()
      hooks.afterCommit(writer.head)
      held?.answer()
      held = nil
    } catch {
      log(.error, "state_recovery_failed", [("error", "\(error)")])
      probeAt = boot &+ options.probeInterval
      guard isFull(error) else { return }
      let hadBallast = releaseBallast()
      _ = shut("\(error)", [])
      if hadBallast { recoverState() }
    }
  }

  /// A disk without room leaves the state as it was and readable. After any other failure it may
  /// not take another batch before it is opened anew.
  private func foldForward() throws {
    do {
      try FoldForward(journal.reader).run(state, onFold: hooks.onFold)
    } catch {
      guard !isFull(error) else { throw error }
      state.abort()
      try state.reopen()
      try FoldForward(journal.reader).run(state, onFold: hooks.onFold)
    }
  }

  /// Lets the askers of a durable batch wait for the state.
  func hold(_ batch: Batch<State>) {
    for (request, verdict) in batch.verdicts {
      // The Scribe's own events need nobody to see them.
      if case .decided = verdict, request is Announcement<State> { request.succeed(nil) }
    }
    announcements.removeAll { $0.isSettled }
    held = batch
  }

  /// Until when askers wait, by the boot clock; nil where none does.
  var heldUntil: UInt64? {
    guard held != nil, let behindSince else { return nil }
    return behindSince.boot &+ options.answerDelay
  }

  /// Tells who has waited too long that there is no verdict: it is durable, and can still be seen
  /// by nobody.
  func dropHeld() {
    held?.answerWithoutVerdict()
    held = nil
  }
}
