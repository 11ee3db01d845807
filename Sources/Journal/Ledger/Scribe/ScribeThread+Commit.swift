import Events
import Platform

extension ScribeThread {
  /// Makes a batch durable and answers its askers: new slots, bodies, journal, destroyed slots,
  /// state, receipts.
  func commit(_ batch: Batch<State>) throws(BatchFailure) {
    guard !batch.records.isEmpty else {
      state.abort()
      return batch.answer()
    }
    do throws(BatchFailure) {
      try prepare(batch)
      try append(batch)
    } catch {
      maker.forget(batch.slots)
      throw error
    }
    // From here on it is decided, whatever else fails.
    destroy(batch.destroyed)
    commitState()
    // Who has been told of an event finds it when they read: the state catches up first.
    if isStateBehind { recoverState() }
    guard !isStateBehind else { return hold(batch) }
    hooks.afterCommit(writer.head)
    batch.answer()
  }

  /// What the events need must be durable before they are.
  private func prepare(_ batch: Batch<State>) throws(BatchFailure) {
    if !batch.slots.isEmpty {
      try step(.keyring) { try journal.keyring.add(batch.slots) }
    }
    if !batch.bodies.isEmpty {
      try step(.content) { try journal.content.append(batch.bodies) }
    }
  }

  private func append(_ batch: Batch<State>) throws(BatchFailure) {
    let isDue = boot &- signedAt >= options.checkpointInterval
    var note: String?
    try step(.journal) {}
    do {
      note = try writer.append(
        batch.records,
        JournalWriter.Remarks(
          pending: undestroyed + batch.destroyed, keyring: journal.keyring.age, signs: isDue),
        fault: { try hooks.fault?(.commit) })
      journal.reader.advance(to: writer.head)
      try hooks.fault?(.committed)
    } catch {
      throw BatchFailure(error, in: .commit)
    }
    if let note { signed(note) }
  }

  /// The state's commit needs no sync: the journal brings it back. Where it fails the receipts wait
  /// until it has.
  private func commitState() {
    do {
      try hooks.fault?(.state)
      try state.commit(checkpoint: writer.stateCheckpoint)
    } catch {
      log(.error, "state_commit_failed", [("error", "\(error)")])
      fallBehind()
    }
  }

  /// Destroys slots. Until it has worked the journal's `meta` names them, and the next start tries
  /// again.
  private func destroy(_ slots: [Slot]) {
    undestroyed += slots
    guard !undestroyed.isEmpty else { return }
    maker.forget(undestroyed)
    do {
      try journal.keyring.destroy(undestroyed)
      undestroyed = []
    } catch {
      log(.error, "keyring_destroy_failed", [("error", "\(error)")])
    }
  }
}
