import Events
import Platform

/// What the Scribe's thread owns, and its loop. Nothing here is touched by another thread.
final class ScribeThread<State: FoldingState> {
  let journal: Journal
  let state: State
  let queue: RequestQueue<State>
  let options: ScribeOptions
  let hooks: ScribeHooks
  let board: StatusBoard
  let writer: JournalWriter
  let ballast: Ballast
  var maker: RecordMaker
  var clockWatch: ClockWatch
  var gate = StorageGate()
  /// Events the Scribe has to tell itself, not yet durable, in order.
  var announcements: [Announcement<State>] = []
  /// Since when the state lacks events that are durable, by both clocks; it is folded forward before
  /// anything is decided. Nil where it lacks none.
  var behindSince: (time: Timestamp, boot: UInt64)?
  /// What is durable and waits with its answers until the state can show it.
  var held: Batch<State>?
  /// Set once the outcome of a commit is unknown; nothing is decided any more.
  var end: ScribeEnd?
  /// Boot clock readings: the last signature, the next attempt to write again, the last look.
  var signedAt: UInt64 = 0
  var probeAt: UInt64 = 0
  var upkeepAt: UInt64 = 0
  /// Signed notes that are in the journal and not yet in the files.
  var unpublished: [String] = []
  /// Slots whose destruction is durable as a decision and has not been carried out.
  var undestroyed: [Slot]

  init(
    journal: Journal, state: State, queue: RequestQueue<State>, options: ScribeOptions,
    hooks: ScribeHooks, board: StatusBoard
  ) throws {
    self.journal = journal
    self.state = state
    self.queue = queue
    self.options = options
    self.hooks = hooks
    self.board = board
    writer = try journal.writer()
    undestroyed = writer.tip.pending
    maker = RecordMaker(
      keyring: journal.keyring, entropy: journal.entropy,
      ids: EventIDMint(after: writer.tip.lastID),
      decisionBytes: options.decisionBytes)
    clockWatch = ClockWatch(journal.clock)
    ballast = Ballast(
      path: journal.directory.ballast,
      size: Ballast.size(
        options.ballastBytes, on: try Directory.volume(journal.directory.path)))
  }

  var boot: UInt64 { journal.clock.sinceBoot() }
  var isStateBehind: Bool { behindSince != nil }

  /// Decides until the queue is closed and empty, or the outcome of a commit is unknown.
  func run() {
    while end == nil {
      let taken = queue.take(
        limit: options.batchRequests, bytes: options.batchBytes, atMost: untilNextDuty)
      upkeep()
      serve(taken.requests, signers: taken.signers)
      if taken.isOver { break }
    }
    finish()
  }

  /// How long nothing has to be done if nobody asks.
  private var untilNextDuty: Duration {
    var due = upkeepAt &+ options.clockInterval
    if writer.hasUnsigned { due = min(due, signedAt &+ options.checkpointInterval) }
    if gate.isClosed || isStateBehind { due = min(due, probeAt) }
    due = min(due, heldUntil ?? due)
    let now = boot
    return .nanoseconds(due > now ? Int64(clamping: due - now) : 0)
  }

  /// Announces the end, signs what is there, and answers whoever still waits.
  private func finish() {
    if end == nil, !gate.isClosed {
      announce(.serverStopped(ServerStopped(reason: "stop")))
      serve([], signers: [])
      if end == nil, writer.hasUnsigned { sign() }
      publish()
    }
    queue.close()
    dropHeld()
    while true {
      let rest = queue.take(limit: .max, bytes: .max, atMost: .zero)
      for request in rest.requests { request.fail(.stopped) }
      for signer in rest.signers { signer.resume(returning: .failure(.stopped)) }
      if rest.isOver { break }
    }
    if let end { hooks.onEnd(end) }
  }

  func log(_ level: Diagnostics.Level, _ event: String, _ fields: [(String, String)] = []) {
    journal.diagnostics.log(level, event, fields)
  }
}
