import Events
import Platform
import Store

extension ScribeThread {
  /// Decides and commits requests, in as many batches as their size asks for, and answers each.
  /// What the Scribe itself has to tell goes first.
  func serve(_ requests: [any Request<State>], signers: [RequestQueue<State>.Signer]) {
    if isStateBehind, boot >= probeAt { recoverState() }
    let admitted = admit(requests)
    if !gate.isClosed, !isStateBehind {
      write(announcements + admitted)
      announcements.removeAll { $0.isSettled }
    } else {
      write(admitted)
    }
    answer(signers)
    publish()
  }

  /// The requests that may be decided now; the others are answered.
  private func admit(_ requests: [any Request<State>]) -> [any Request<State>] {
    guard let cause = isStateBehind ? Self.behind : gate.cause else {
      return requests
    }
    return requests.filter { request in
      if request.freesSpace, !isStateBehind { return true }
      gate.countRefused()
      request.fail(.unavailable(cause))
      return false
    }
  }

  /// Commits requests whatever the gate says.
  func write(_ requests: [any Request<State>]) {
    var waiting = requests[...]
    while !waiting.isEmpty, end == nil, !isStateBehind {
      do throws(BatchFailure) {
        let batch = try compose(waiting)
        try commit(batch)
        waiting = waiting.dropFirst(batch.count)
      } catch {
        state.abort()
        waiting = recover(from: error, waiting)
      }
    }
    for request in waiting { request.fail(end == nil ? .unavailable(Self.behind) : .stopped) }
  }

  /// Why nothing is decided while the state lacks events.
  static var behind: String { "the state is being read back" }

  /// Decides and folds as many requests as make one batch.
  private func compose(
    _ requests: ArraySlice<any Request<State>>
  ) throws(BatchFailure) -> Batch<State> {
    try step(.begin) { try state.begin() }
    var batch = Batch<State>(
      first: writer.next, nextSlot: journal.keyring.nextSlot, capacity: requests.count)
    do throws(BatchFailure) {
      for request in requests where batch.records.bytes.count < options.batchBytes {
        try decide(request, into: &batch)
      }
    } catch {
      maker.forget(batch.slots)
      throw error
    }
    return batch
  }

  /// Decides one request against the state as folded so far, and folds what it decided.
  private func decide(
    _ request: any Request<State>, into batch: inout Batch<State>
  ) throws(BatchFailure) {
    let moment = Moment(
      time: journal.clock.now(), position: batch.records.next, nextSlot: batch.nextSlot,
      origin: request.origin)
    let plan: Plan
    let recorded: [Recorded]
    do {
      plan = try request.decide(state, moment)
      try findFeeds(plan.drafts, &batch)
      recorded = try maker.make(plan, moment, into: &batch)
    } catch let refusal as Refusal {
      return batch.settle(request, .failed(.refused(refusal)))
    } catch {
      if isFull(error) { throw .full("\(error)") }
      log(.warning, "decision_failed", [("error", "\(error)")])
      return batch.settle(request, .failed(.unavailable("\(error)")))
    }
    do {
      for event in recorded { try state.fold(event) }
    } catch {
      throw isFull(error) ? .full("\(error)") : .culprit(batch.count, "\(error)")
    }
    take(plan, recorded, moment, of: request, into: &batch)
  }

  private func take(
    _ plan: Plan, _ recorded: [Recorded], _ moment: Moment, of request: any Request<State>,
    into batch: inout Batch<State>
  ) {
    batch.slots += plan.slots
    if let last = plan.slots.last { batch.nextSlot = last.next }
    batch.destroyed += plan.destroyed
    for body in request.bodies where plan.keptContents.contains(body.id) {
      batch.bodies.append(body)
    }
    let receipt = recorded.last.map {
      Receipt(first: moment.position, last: $0.position, time: moment.time)
    }
    batch.settle(request, .decided(receipt))
  }

  /// Looks up the feeds that the batch does not know yet.
  private func findFeeds(_ drafts: [Draft], _ batch: inout Batch<State>) throws {
    for draft in drafts {
      guard let domain = draft.domain, batch.feeds[domain] == nil, draft.event.type.isPublished
      else { continue }
      batch.feeds[domain] = try state.nextFeed(domain)
    }
  }

  /// What is left to do after a failed batch; both transactions are aborted.
  private func recover(
    from failure: BatchFailure, _ waiting: ArraySlice<any Request<State>>
  ) -> ArraySlice<any Request<State>> {
    switch failure {
    case .full(let cause): return shut(cause, waiting)
    case .unknown(let reason):
      die(reason)
      return waiting
    case .broken(let cause):
      log(.error, "state_failed", [("error", cause)])
      fallBehind()
      recoverState()
      guard isStateBehind else { return waiting }
      for request in waiting { request.fail(.unavailable(cause)) }
      return []
    case .culprit(let index, let cause):
      if index == 0, waiting.count == 1 { return blame(waiting[waiting.startIndex], cause) }
      for request in waiting.prefix(index + 1) { write([request]) }
      return waiting.dropFirst(index + 1)
    }
  }

  /// The one request that cannot be folded fails alone.
  private func blame(
    _ request: any Request<State>, _ cause: String
  ) -> ArraySlice<any Request<State>> {
    log(.error, "fold_failed", [("error", cause)])
    announcements.removeAll { $0 === request }
    request.fail(.unavailable(cause))
    return []
  }

  /// The outcome is unknown: no verdict is given any more.
  func die(_ reason: String) {
    log(.error, "outcome_unknown", [("error", reason)])
    end = ScribeEnd(reason: reason)
    queue.close()
  }

  /// Runs one step of a commit; tests can make it fail.
  func step(_ step: CommitStep, _ work: () throws -> Void) throws(BatchFailure) {
    do {
      try hooks.fault?(step)
      try work()
    } catch {
      throw BatchFailure(error, in: step)
    }
  }
}
