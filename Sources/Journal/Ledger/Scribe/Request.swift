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

/// The request of one `perform` call: how to ask its decision, and the task that waits.
///
/// What depends on the type of the decision is in one closure, so that the rest is compiled once.
@safe final class Asking<State: FoldingState>: Request {
  typealias Verdict = Result<Receipt?, ScribeError>

  let origin: Origin
  let bodies: [SealedBody]
  let freesSpace: Bool
  private let deciding: @Sendable (State, Moment) throws -> Plan
  private let waiting: UnsafeContinuation<Verdict, Never>
  private let isAnswered = Atomic(false)

  init(
    origin: Origin, bodies: [SealedBody], freesSpace: Bool,
    waiting: UnsafeContinuation<Verdict, Never>,
    deciding: @escaping @Sendable (State, Moment) throws -> Plan
  ) {
    self.origin = origin
    self.bodies = bodies
    self.freesSpace = freesSpace
    unsafe self.waiting = waiting
    self.deciding = deciding
  }

  func decide(_ state: State, _ moment: Moment) throws -> Plan { try deciding(state, moment) }
  func succeed(_ receipt: Receipt?) { answer(.success(receipt)) }
  func fail(_ error: ScribeError) { answer(.failure(error)) }

  /// The task goes on, and with it this request ends: it must never be answered again.
  private func answer(_ verdict: Verdict) {
    let wasAnswered = isAnswered.exchange(true, ordering: .relaxed)
    precondition(!wasAnswered, "a request is answered once")
    unsafe waiting.resume(returning: verdict)
  }
}

/// Where the Scribe's thread leaves a decision's answer for the task that asked.
///
/// The task reads it after it was resumed, the Scribe writes it before: never at once.
final class AnswerSlot<Answer: Sendable>: Sendable {
  private nonisolated(unsafe) var answer: Answer?

  func put(_ answer: Answer) { unsafe self.answer = answer }
  func take() -> Answer? { unsafe answer }
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
