import Events
import Platform

extension ScribeThread {
  /// There is no space: the gate is closed and everybody is told, except that decisions which free
  /// space get another try once the ballast is let go.
  func shut(
    _ cause: String, _ waiting: ArraySlice<any Request<State>>
  ) -> ArraySlice<any Request<State>> {
    if !gate.isClosed { log(.error, "storage_full", [("cause", cause)]) }
    gate.close(cause, at: journal.clock.now())
    probeAt = boot &+ options.probeInterval
    // Whoever is refused finds the reason in the status.
    report()
    let isHopeful = waiting.contains { $0.freesSpace } && releaseBallast()
    let freeing = isHopeful ? waiting.filter { $0.freesSpace } : []
    for request in waiting where !freeing.contains(where: { $0 === request }) {
      gate.countRefused()
      request.fail(.unavailable(cause))
    }
    return freeing[...]
  }

  /// Whether there was ballast to let go.
  func releaseBallast() -> Bool {
    guard ballast.size > 0, Directory.exists(ballast.path) else { return false }
    do { try ballast.release() } catch {
      log(.error, "ballast_release_failed", [("error", "\(error)")])
      return false
    }
    log(.warning, "ballast_released", [("bytes", String(ballast.size))])
    return true
  }

  /// Tries to write again: there must be room for the ballast, for the state to catch up, and for
  /// the event that tells of it.
  func probe() {
    guard gate.isClosed || isStateBehind, boot >= probeAt else { return }
    probeAt = boot &+ options.probeInterval
    if isStateBehind { recoverState() }
    guard gate.isClosed, !isStateBehind, hasRoom() else { return }
    let resumed = Announcement<State>(
      .storageResumed(
        StorageResumed(cause: gate.cause ?? "", since: gate.since, refused: gate.refused)))
    write(announcements + [resumed])
    announcements.removeAll { $0.isSettled }
    guard resumed.isSettled else { return }
    log(.info, "storage_resumed", [("refused", String(gate.refused))])
    gate.open()
    report()
  }

  private func hasRoom() -> Bool {
    do {
      try ballast.make()
      let free = try Directory.volume(journal.directory.path).freeBytes
      guard free >= options.resumeBytes else { return false }
      if try writer.isMapFull { try switchEpoch() }
      return true
    } catch {
      if !isFull(error) { log(.warning, "storage_probe_failed", [("error", "\(error)")]) }
      return false
    }
  }

  /// Reserves the ballast at the start, if the disk has room for it.
  func makeBallast() {
    do { try ballast.make() } catch {
      log(.warning, "ballast_missing", [("error", "\(error)")])
    }
  }

  /// Tells the other threads how things stand.
  func report() {
    board.set(
      ScribeStatus(
        readOnlyCause: gate.cause ?? (isStateBehind ? Self.behind : nil),
        readOnlySince: gate.isClosed ? gate.since : behindSince?.time))
  }
}
