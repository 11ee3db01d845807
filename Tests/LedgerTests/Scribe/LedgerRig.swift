import Events
import Ledger
import Platform
import Synchronization
import TestKit

/// A journal in a scratch directory, and what a Scribe needs around it.
final class LedgerRig: Sendable {
  let scratch: ScratchDirectory
  let clock: any Clock
  let entropy: SeededEntropy
  let ends = Mutex<[ScribeEnd]>([])
  let commits = Mutex<[Position]>([])

  init(clock: any Clock = ManualClock(), seed: UInt64 = 1) throws {
    scratch = try ScratchDirectory()
    self.clock = clock
    entropy = SeededEntropy(seed: seed)
  }

  var data: String { scratch.path("data") }

  func surroundings(events: UInt64? = nil, mapSize: Int = 1 << 30) -> Journal.Surroundings {
    var surroundings = Journal.Surroundings(clock: clock, entropy: entropy, diagnostics: .none)
    if let events { surroundings.limits.events = events }
    surroundings.limits.mapSize = mapSize
    return surroundings
  }

  func create(events: UInt64? = nil) throws -> Journal {
    try Journal.create(
      at: data, application: "test", surroundings: surroundings(events: events))
  }

  func open(events: UInt64? = nil) throws -> Journal {
    try Journal(open: data, mode: .writer, surroundings: surroundings(events: events))
  }

  /// Hooks that note what they are told.
  var hooks: ScribeHooks {
    ScribeHooks(
      afterCommit: { [self] position in commits.withLock { $0.append(position) } },
      onEnd: { [self] end in ends.withLock { $0.append(end) } })
  }

  var options: ScribeOptions {
    var options = ScribeOptions()
    options.version = "test"
    options.ballastBytes = 1 << 20
    options.resumeBytes = 0
    options.probeInterval = 0
    options.clockInterval = 0
    return options
  }

  func start(
    _ journal: Journal, _ state: TallyState, options: ScribeOptions? = nil,
    hooks: ScribeHooks? = nil
  ) async throws -> Scribe<TallyState> {
    try await Scribe.start(
      journal, state: state, options: options ?? self.options, hooks: hooks ?? self.hooks)
  }

  /// Every event of the journal, in order.
  func events(_ journal: Journal, opens: Bool = true) throws -> [Recorded] {
    let decoder = journal.reader.decoder(opens: opens)
    var events: [Recorded] = []
    while true {
      let page = try journal.reader.records(after: Position(UInt64(events.count)))
      guard !page.isEmpty else { return events }
      for record in page { events.append(try decoder.decode(record)) }
    }
  }
}

/// The verdict of a request, as a value that can be compared.
func verdict<D: Decision>(
  _ scribe: Scribe<TallyState>, _ decision: D, bodies: [SealedBody] = []
) async -> Result<D.Answer, ScribeError> where D.View == TallyView {
  do throws(ScribeError) {
    return .success(try await scribe.perform(decision, origin: .server, bodies: bodies).answer)
  } catch {
    return .failure(error)
  }
}
