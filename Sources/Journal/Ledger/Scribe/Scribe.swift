import Events
import Platform
import Synchronization

/// The one writer: it decides requests in order, makes them durable in groups, and answers.
///
/// A dedicated thread takes all requests that wait, decides each against the state as folded so
/// far, and syncs them together; there is no artificial delay. Whoever gets a receipt can rely on
/// its events; whoever gets an error other than `.stopped` can rely on it that nothing happened.
public final class Scribe<State: FoldingState>: Sendable {
  public let journal: Journal
  public let state: State
  private let queue: RequestQueue<State>
  private let board = StatusBoard()
  private let ending = Mutex(Ending())

  private struct Ending {
    var isOver = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  /// Why it decides nothing; nil where it does.
  private let closure: String?

  private init(_ journal: Journal, _ state: State, closure: String? = nil) {
    self.journal = journal
    self.state = state
    self.closure = closure
    queue = RequestQueue()
  }

  /// A Scribe that decides nothing: whoever asks is told why, as of a full disk.
  public static func closed(_ journal: Journal, state: State, because cause: String) -> Scribe {
    let scribe = Scribe(journal, state, closure: cause)
    scribe.board.set(
      ScribeStatus(readOnlyCause: cause, readOnlySince: journal.surroundings.clock.now()))
    return scribe
  }

  /// Starts the thread, folds what the state lacks, and journals the start.
  ///
  /// - Parameters:
  ///   - journal: opened for writing; one Scribe at a time.
  ///   - state: used by the Scribe's thread alone until `stop` has returned.
  /// - Throws: `LedgerError` and what the state throws while folding; then there is no thread.
  public static func start(
    _ journal: Journal, state: State, options: ScribeOptions = ScribeOptions(),
    hooks: ScribeHooks
  ) async throws -> Scribe {
    let scribe = Scribe(journal, state)
    try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
      _ = startThread(name: "scribe") {
        scribe.work(options, hooks, started)
      }
    }
    return scribe
  }

  /// Asks for a decision and waits until it is durable.
  ///
  /// - Parameters:
  ///   - bodies: small sealed bodies; those the decision keeps are stored with its events.
  /// - Returns: the receipt, nil where there was nothing to do, and the decision's answer.
  public func perform<D: Decision>(
    _ decision: D, origin: Origin, bodies: [SealedBody] = []
  ) async throws(ScribeError) -> (receipt: Receipt?, answer: D.Answer) where D.View == State.View {
    if let closure { throw .unavailable(closure) }
    let slot = AnswerSlot<D.Answer>()
    let verdict: Asking<State>.Verdict = await unsafe withUnsafeContinuation { waiting in
      let request = unsafe Asking<State>(
        origin: origin, bodies: bodies, freesSpace: decision.freesSpace, waiting: waiting
      ) { state, moment in
        let outcome = try state.withView { try decision.decide($0, moment) }
        slot.put(outcome.answer)
        return Plan(
          drafts: outcome.drafts, slots: outcome.slots, destroyed: outcome.destroyed,
          keptContents: outcome.keptContents)
      }
      if !queue.push(request) { request.fail(.stopped) }
    }
    let receipt = try verdict.get()
    guard let answer = slot.take() else { throw .stopped }
    return (receipt, answer)
  }

  /// Signs a checkpoint over everything that is durable now, and gives the signed note.
  public func sign() async throws(ScribeError) -> String {
    if let closure { throw .unavailable(closure) }
    let note: Result<String, ScribeError> = await withCheckedContinuation { waiting in
      if !queue.push(signer: waiting) { waiting.resume(returning: .failure(.stopped)) }
    }
    return try note.get()
  }

  /// Whether it writes.
  public var status: ScribeStatus { board.now }

  /// How many requests wait.
  public var waiting: Int { queue.count }

  /// Lets nothing more in, decides what waits, journals the stop, signs, and ends the thread.
  public func stop() async {
    guard closure == nil else { return }
    queue.close()
    await withCheckedContinuation { waiting in
      let isOver = ending.withLock { ending in
        if !ending.isOver { ending.waiting.append(waiting) }
        return ending.isOver
      }
      if isOver { waiting.resume() }
    }
  }

  /// The thread's body.
  private func work(
    _ options: ScribeOptions, _ hooks: ScribeHooks,
    _ started: CheckedContinuation<Void, any Error>
  ) {
    do {
      let thread = try ScribeThread(
        journal: journal, state: state, queue: queue, options: options, hooks: hooks, board: board)
      try thread.prepare()
      started.resume()
      thread.run()
    } catch {
      queue.close()
      started.resume(throwing: error)
    }
    let waiting = ending.withLock { ending in
      ending.isOver = true
      defer { ending.waiting = [] }
      return ending.waiting
    }
    for task in waiting { task.resume() }
  }
}
