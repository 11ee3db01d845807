import Events
import Synchronization

/// What the Scribe's queue holds: one asker that waits for a verdict.
protocol Request<State>: AnyObject, Sendable {
  associatedtype State: FoldingState
  /// Who asked.
  var origin: Origin { get }
  /// The small bodies that came with it.
  var bodies: [SealedBody] { get }
  /// Whether it may use the ballast.
  var freesSpace: Bool { get }
  /// Asks the decision; called again when a batch is repeated.
  func decide(_ state: State, _ moment: Moment) throws -> Plan
  /// Answers with a receipt, or without one where nothing happened.
  func succeed(_ receipt: Receipt?)
  /// Answers that nothing happened, or (`.stopped`) that nobody knows.
  func fail(_ error: ScribeError)
}

/// A decision's outcome without its answer, which stays with the request.
struct Plan {
  var drafts: [Draft]
  var slots: [NewSlot] = []
  var destroyed: [Slot] = []
  var keptContents: [ContentID] = []
}

/// The request of one `perform` call: its decision, and the task that waits.
final class Asking<State: FoldingState, D: Decision>: Request where D.View == State.View {
  typealias Verdict = Result<(receipt: Receipt?, answer: D.Answer), ScribeError>

  let decision: D
  let origin: Origin
  let bodies: [SealedBody]
  private let waiting: CheckedContinuation<Verdict, Never>
  private let answer = Mutex<D.Answer?>(nil)

  init(
    _ decision: D, origin: Origin, bodies: [SealedBody],
    waiting: CheckedContinuation<Verdict, Never>
  ) {
    self.decision = decision
    self.origin = origin
    self.bodies = bodies
    self.waiting = waiting
  }

  var freesSpace: Bool { decision.freesSpace }

  func decide(_ state: State, _ moment: Moment) throws -> Plan {
    let outcome = try state.withView { try decision.decide($0, moment) }
    answer.withLock { $0 = outcome.answer }
    return Plan(
      drafts: outcome.drafts, slots: outcome.slots, destroyed: outcome.destroyed,
      keptContents: outcome.keptContents)
  }

  func succeed(_ receipt: Receipt?) {
    guard let answer = answer.withLock({ $0 }) else { return fail(.stopped) }
    waiting.resume(returning: .success((receipt, answer)))
  }

  func fail(_ error: ScribeError) {
    waiting.resume(returning: .failure(error))
  }
}

/// Events the Scribe itself has to tell: starts, clock steps, sealed epochs.
///
/// Nobody waits for it; `settled` says whether it is in the journal.
final class Announcement<State: FoldingState>: Request {
  let event: Event
  private let state = Mutex(false)

  init(_ event: Event) {
    self.event = event
  }

  var origin: Origin { .server }
  var bodies: [SealedBody] { [] }
  var freesSpace: Bool { true }
  /// Whether the event is durable.
  var isSettled: Bool { state.withLock { $0 } }

  func decide(_ state: State, _ moment: Moment) throws -> Plan {
    Plan(drafts: [Draft(event)])
  }

  func succeed(_ receipt: Receipt?) { state.withLock { $0 = true } }
  func fail(_ error: ScribeError) {}
}

extension Origin {
  /// The server itself, outside any session.
  public static var server: Origin { Origin(actor: .server) }
}
