import Events
import Ledger
import Platform
import Store
import Synchronization

public typealias DaybookScribe = Scribe<StateEnvironment>

/// One running cell: the journal, its one writer, State and the pools, opened from a data directory.
public final class Node: Sendable {
  /// What can be said about opening a node.
  public struct Options: Sendable {
    public var surroundings = Journal.Surroundings()
    public var scribe = ScribeOptions()
    /// Called with every position that has become durable; for `--sync-trace`.
    public var afterCommit: (@Sendable (Position) -> Void)?
    /// Runs what answers all who asked for what a commit made durable.
    public var answering: @Sendable (() -> Void) -> Void = { $0() }
    /// Called while State is folded forward: folded, and the head.
    public var onFold: @Sendable (Position, Position) -> Void = { _, _ in }
    /// Where an observer folds State if the one in the data directory is not of use.
    public var scratch = "/tmp"
    /// Reads everything again in the background.
    public var scrubs = false
    /// Called when the outcome of a commit is unknown; it must end the process.
    public var onEnd: @Sendable (ScribeEnd) -> Void

    public init(onEnd: @escaping @Sendable (ScribeEnd) -> Void) { self.onEnd = onEnd }
  }

  public let journal: Journal
  public let state: StateEnvironment
  public let scribe: DaybookScribe
  public let changes: ChangeFeed
  public let pool: WorkerPool
  private let keeper: SnapshotKeeper?
  public let freed: FreedContents
  /// What reads everything again in the background; nil where nobody asked for it.
  public let scrub: Scrub?
  private let isStopping = Mutex(false)

  public var clock: any Clock { journal.surroundings.clock }
  public var entropy: any Entropy { journal.surroundings.entropy }
  public var diagnostics: Diagnostics { journal.surroundings.diagnostics }

  private init(
    _ journal: Journal, _ state: StateEnvironment, _ scribe: DaybookScribe, _ changes: ChangeFeed,
    _ pool: WorkerPool, scrubs: Bool
  ) {
    self.journal = journal
    self.state = state
    self.scribe = scribe
    self.changes = changes
    self.pool = pool
    freed = FreedContents(journal.content, state)
    scrub = scrubs ? NodeState.scrub(journal, state) : nil
    keeper = journal.mode == .writer ? SnapshotKeeper(journal, state) : nil
    keeper?.start()
  }

  /// Whether it only reads, and leaves no trace in the data directory.
  public var isObserver: Bool { journal.mode == .observer }

  /// Opens the data directory for writing; State is folded up to the head when it returns.
  ///
  /// - Throws: `LedgerError` (absent, locked, damaged ...), `KeyringError`, `StoreError`.
  public static func open(_ data: String, _ options: Options) async throws -> Node {
    var surroundings = options.surroundings
    if surroundings.outsideNotes == nil {
      surroundings.outsideNotes = try NodeState.outsideNotes(
        DataDirectory(data), surroundings.clock)
    }
    let journal = try Journal(open: data, mode: .writer, surroundings: surroundings)
    do {
      return try await open(journal, options)
    } catch {
      journal.close()
      throw error
    }
  }

  private static func open(_ journal: Journal, _ options: Options) async throws -> Node {
    let state = try NodeState.open(journal)
    let changes = ChangeFeed()
    let trace = options.afterCommit
    var hooks = ScribeHooks(
      afterCommit: { head in
        trace?(head)
        changes.announce(state.takeChanges(), head: head)
      }, onFold: options.onFold, onEnd: options.onEnd)
    hooks.answering = options.answering
    let scribe = try await DaybookScribe.start(
      journal, state: state, options: options.scribe, hooks: hooks)
    return Node(journal, state, scribe, changes, try pool(state), scrubs: options.scrubs)
  }

  private static func pool(_ state: StateEnvironment) throws -> WorkerPool {
    let threads = try state.read { try $0.value(Settings.workerThreads, for: .system) }
    return WorkerPool(threads: threads > 0 ? threads : Machine.processors + 2, name: "worker")
  }

  /// Opens the data directory to be looked at: nothing in it is written, nobody else can write to
  /// it meanwhile, and every decision is refused as unavailable.
  ///
  /// - Throws: as `open`; `LedgerError.locked` where a writer has the directory.
  public static func observe(_ data: String, _ options: Options) throws -> Node {
    let journal = try Journal(open: data, mode: .observer, surroundings: options.surroundings)
    do {
      let state = try NodeState.observed(
        journal, scratch: options.scratch, onFold: options.onFold)
      let scribe = DaybookScribe.closed(
        journal, state: state, because: "the server was started only to read")
      return Node(journal, state, scribe, ChangeFeed(), try pool(state), scrubs: false)
    } catch {
      journal.close()
      throw error
    }
  }

  /// Ends the Scribe in good order and closes everything. Nothing may use the node any more.
  public func stop() async {
    isStopping.withLock { $0 = true }
    changes.stop()
    await scribe.stop()
    scrub?.stop()
    keeper?.stop()
    pool.stop()
    do {
      if isObserver { state.close() } else { try state.finish() }
    } catch {
      diagnostics.log(.warning, "state_not_closed", [("error", "\(error)")])
    }
    journal.close()
  }

  /// Folds State anew from the first event while the live one serves, and puts it in place.
  ///
  /// - Parameter progress: how far it is: folded, and the head; called on a thread of its own.
  /// - Throws: what reading and folding throw; the live State then stays.
  public func rebuild(progress: @escaping @Sendable (Position, Position) -> Void) async throws {
    let path = journal.directory.state + ".rebuild"
    let (journal, boot) = (journal, clock.bootID())
    let prepared = try await pool.run {
      try Directory.removeTree(path)
      let prepared = try StateEnvironment(path, isWriter: true)
      try TrustMark(path).open(boot: boot)
      try FoldForward(journal.reader).run(prepared) { done, head in
        guard !self.isStopping.withLock({ $0 }) else { throw StoreError.closed }
        progress(done, head)
      }
      return prepared
    }
    let answered = AsyncStream<(any Error)?>.makeStream()
    state.offer(
      StateOffer(
        prepared: prepared,
        catchUp: { try FoldForward(journal.reader).run(prepared) },
        answer: { error in
          answered.continuation.yield(error)
          answered.continuation.finish()
        }))
    // The offer is taken before the next batch: this is one.
    _ = try await scribe.perform(NoDecision(), origin: .server)
    for await error in answered.stream { if let error { throw error } }
  }
}
