import Events
import Platform

extension ScribeThread {
  /// Brings the state up to the journal and tells of the start. Before the first request.
  func prepare() throws {
    try matchState()
    try FoldForward(journal.reader).run(state, onFold: hooks.onFold)
    makeBallast()
    upkeepAt = boot
    signedAt = boot
    try publishMissing()
    if let sealed = writer.unannouncedEpoch() { announce(.epochSealed(sealed)) }
    announce(
      .serverStarted(
        ServerStarted(
          boot: journal.clock.bootID(), isClean: try journal.reader.endsCleanly(),
          version: options.version)))
    serve([], signers: [])
    finishDestroying()
  }

  /// Drops a state that was folded from something else than this journal.
  private func matchState() throws {
    guard let checkpoint = try state.checkpoint else { return }
    guard try !journal.fits(checkpoint) else { return }
    log(.warning, "state_discarded", [("position", "\(checkpoint.position)")])
    try state.discard()
  }

  /// What has to be done now and then, besides requests.
  func upkeep() {
    if gate.isClosed || isStateBehind { probe() }
    if let heldUntil, boot >= heldUntil { dropHeld() }
    let now = boot
    if now &- upkeepAt >= options.clockInterval {
      upkeepAt = now
      if let step = clockWatch.look(journal.clock) {
        announce(
          .clockStepped(
            ClockStepped(
              after: step.after, before: step.before, bootNanoseconds: step.sinceBoot)))
      }
    }
    guard end == nil, !gate.isClosed, !isStateBehind else { return }
    beginEpochIfFull()
    if writer.hasUnsigned, boot &- signedAt >= options.checkpointInterval {
      sign()
      publish()
    }
  }

  func announce(_ event: Event) {
    announcements.append(Announcement(event))
  }

  /// Seals the epoch and begins the next. Where that fails the old one serves on: its map has room
  /// for as much again.
  private func beginEpochIfFull() {
    do {
      if try writer.isEpochFull { try switchEpoch() }
    } catch {
      log(.error, "epoch_switch_failed", [("error", "\(error)")])
    }
  }

  /// Begins the next epoch; its first event tells that the old one is sealed.
  func switchEpoch() throws {
    let sealed = try writer.beginEpoch()
    announcements.insert(Announcement(.epochSealed(sealed)), at: 0)
    log(.info, "epoch_sealed", [("epoch", String(sealed.epoch)), ("last", "\(sealed.last)")])
  }

  /// Signs a checkpoint over everything that is durable.
  func sign() {
    signedAt = boot
    do { unpublished.append(try writer.sign()) } catch {
      guard isFull(error) else { return die("checkpoint: \(error)") }
      _ = shut("\(error)", [])
    }
  }

  /// A checkpoint was signed with a batch.
  func signed(_ note: String) {
    signedAt = boot
    unpublished.append(note)
  }

  /// Copies signed checkpoints to the files. A failure is tried again: the journal has the note.
  func publish() {
    while let note = unpublished.first {
      do {
        let outside = try journal.notes.publish(note, at: journal.clock.now())
        if let outside { log(.warning, "checkpoint_outside_failed", [("error", outside)]) }
        unpublished.removeFirst()
      } catch {
        log(.warning, "checkpoint_file_failed", [("error", "\(error)")])
        return
      }
    }
  }

  /// Gives waiting tasks a checkpoint over everything that is durable.
  func answer(_ signers: [RequestQueue<State>.Signer]) {
    guard !signers.isEmpty else { return }
    if writer.hasUnsigned, end == nil, !gate.isClosed { sign() }
    publish()
    for signer in signers {
      if end != nil {
        signer.resume(returning: .failure(.stopped))
      } else if writer.hasUnsigned || writer.tip.checkpoint == nil {
        signer.resume(returning: .failure(.unavailable(gate.cause ?? "no checkpoint")))
      } else {
        signer.resume(returning: .success(writer.tip.checkpoint ?? ""))
      }
    }
  }

  /// Publishes the last signed checkpoint where a crash came between journal and file.
  private func publishMissing() throws {
    try journal.notes.mend()
    guard let note = writer.tip.checkpoint else { return }
    if try journal.notes.newest()?.description != note { unpublished.append(note) }
  }

  /// Carries out destructions that a crash left undone.
  private func finishDestroying() {
    guard !undestroyed.isEmpty else { return }
    do {
      try journal.keyring.destroy(undestroyed)
      undestroyed = []
    } catch {
      log(.error, "keyring_destroy_failed", [("error", "\(error)")])
    }
  }
}
