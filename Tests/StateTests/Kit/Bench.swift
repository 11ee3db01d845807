import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

/// A State without a journal: decisions are taken against it, their events folded into it and kept,
/// so that a test reads *given, when, then* and every fold can be repeated.
final class Bench {
  let scratch: ScratchDirectory
  let state: StateEnvironment
  let entropy = SeededEntropy(seed: 7)
  var now = Timestamp(seconds: 1_800_000_000)
  private(set) var journal: [Recorded] = []
  private(set) var slots: [NewSlot] = []
  private(set) var destroyed: [Slot] = []
  private var nextSlot = Slot(3)
  /// Foldings of the whole so far; each has a directory of its own.
  private var folds = 0

  init() throws {
    scratch = try ScratchDirectory()
    state = try StateEnvironment(scratch.path("state"), isWriter: true)
    try write(
      [
        Draft(
          .journalCreated(
            JournalCreated(
              key: Slot(2), log: LogID(rawValue: ID(high: 9, low: 9)), verifierKey: "",
              origin: "", application: "test")))
      ], Origin(actor: .server))
  }

  /// Decides and folds; refusals are thrown.
  @discardableResult
  func perform<D: Decision>(
    _ decision: D, as actor: ActorID = .server, correlation: ID? = nil
  ) throws -> D.Answer where D.View == StateView {
    let origin = Origin(actor: actor, correlation: correlation)
    let moment = Moment(
      time: now, position: Position(UInt64(journal.count) + 1), nextSlot: nextSlot,
      origin: origin)
    try state.begin()
    let outcome: Outcome<D.Answer>
    do { outcome = try state.withView { try decision.decide($0, moment) } } catch {
      state.abort()
      throw error
    }
    state.abort()
    slots += outcome.slots
    if let last = outcome.slots.last { nextSlot = last.next }
    destroyed += outcome.destroyed
    try write(outcome.drafts, origin)
    return outcome.answer
  }

  /// The refusal that a decision meets; nil where it is carried out.
  func refusal<D: Decision>(
    _ decision: D, as actor: ActorID = .server
  ) -> Refusal? where D.View == StateView {
    do {
      try perform(decision, as: actor)
      return nil
    } catch let refusal as Refusal {
      return refusal
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  func read<R>(_ body: (borrowing StateView) throws -> R) throws -> R { try state.read(body) }

  /// How many events there are.
  var count: Int { journal.count }

  /// The events of the last decision that made any.
  var lastEvents: [Event] { journal.suffix(lastCount).map(\.event) }
  private var lastCount = 0

  private func write(_ drafts: [Draft], _ origin: Origin) throws {
    guard !drafts.isEmpty else { return }
    lastCount = drafts.count
    try state.begin()
    for draft in drafts {
      let recorded = try recorded(draft, origin)
      try state.fold(recorded)
      journal.append(recorded)
    }
    try state.commit(checkpoint: checkpoint(journal.count))
  }

  private func recorded(_ draft: Draft, _ origin: Origin) throws -> Recorded {
    var header = EventHeader(
      position: Position(UInt64(journal.count) + 1), time: now, type: draft.event.type,
      id: EventID(rawValue: entropy.timedID(at: now)), domain: draft.domain, actor: origin.actor,
      correlation: draft.correlation ?? origin.correlation, contents: draft.contents)
    if draft.event.type.isPublished, let domain = draft.domain {
      header.feed = try state.nextFeed(domain)
    }
    switch draft.seal {
    case .none: break
    case .slot(let slot): header.slot = slot
    case .message(_, let holders):
      header.wraps = holders.compactMap {
        Wrap(slot: $0, bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: $0.rawValue), count: 40))
      }
    }
    return Recorded(header: header, event: draft.event)
  }

  private func checkpoint(_ count: Int) -> StateCheckpoint {
    StateCheckpoint(
      log: LogID(rawValue: ID(high: 9, low: 9)), position: Position(UInt64(count)), root: .zero)
  }

  /// Checks that folding everything again, in batches of other sizes, gives the same rows.
  func checkFolds(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let live = try state.digest()
    for size in [1, 7, journal.count] {
      folds += 1
      let again = try StateEnvironment(scratch.path("again-\(folds)"), isWriter: true)
      for start in stride(from: 0, to: journal.count, by: size) {
        let batch = journal[start..<min(start + size, journal.count)]
        try again.begin()
        for recorded in batch { try again.fold(recorded) }
        try again.commit(checkpoint: checkpoint(batch.endIndex))
      }
      check(try again.digest(), live, "batches of \(size)", sourceLocation: sourceLocation)
      again.close()
    }
  }
}
