import Events
import Platform
import Store
import Synchronization
import TestKit

@testable import Ledger
@testable import State

/// A journal with its Scribe and State in one process, whose commits fail where a simulation wants.
final class SimulatedCell: Sendable {
  /// How a commit fails.
  enum Fault: CaseIterable {
    /// There is no room: nothing happens, and everybody is told.
    case full
    /// Nobody knows what happened: the Scribe ends, as a process does that is killed there.
    case broken
  }

  private struct Control: Sendable {
    var isArmed = false
    var isHolding = false
    var isOpen = true
    /// The batch that the fault is meant for has begun.
    var isDue = false
    var fault: (step: CommitStep, fault: Fault)?
  }

  private struct Parts: Sendable {
    let journal: Journal
    let state: StateEnvironment
    let scribe: DaybookScribe
  }

  let scratch: ScratchDirectory
  let clock: ManualClock
  private let entropy: SeededEntropy
  private let control = Monitor(Control())
  private let parts = Mutex<Parts?>(nil)
  var data: String { scratch.path("data") }

  init(seed: UInt64) throws {
    scratch = try ScratchDirectory(inMemory: true)
    clock = ManualClock()
    entropy = SeededEntropy(seed: seed)
    try Journal.create(at: scratch.path("data"), application: "test", surroundings: surroundings)
      .close()
  }

  private var surroundings: Journal.Surroundings {
    var surroundings = Journal.Surroundings(clock: clock, entropy: entropy, diagnostics: .none)
    surroundings.limits.events = 90
    surroundings.limits.mapSize = 1 << 30
    return surroundings
  }

  var journal: Journal { opened.journal }
  var state: StateEnvironment { opened.state }
  var scribe: DaybookScribe { opened.scribe }

  private var opened: Parts {
    guard let parts = parts.withLock({ $0 }) else { preconditionFailure("the cell is closed") }
    return parts
  }

  func open() async throws {
    control.withLock { $0 = Control() }
    let journal = try Journal(open: data, mode: .writer, surroundings: surroundings)
    let state = try NodeState.open(journal)
    var options = ScribeOptions()
    options.ballastBytes = 0
    options.resumeBytes = 0
    options.probeInterval = 1_000_000
    var hooks = ScribeHooks(onEnd: { _ in })
    hooks.fault = { [control] step in try Self.meet(step, control) }
    let scribe = try await DaybookScribe.start(
      journal, state: state, options: options, hooks: hooks)
    parts.withLock { $0 = Parts(journal: journal, state: state, scribe: scribe) }
  }

  /// Called by the Scribe at each step of a commit.
  private static func meet(_ step: CommitStep, _ control: Monitor<Control>) throws {
    if step == .begin, control.withLock({ $0.isArmed }) {
      control.withLock { $0.isHolding = true }
      control.broadcast()
      _ = control.wait { $0.isOpen ? true : nil }
      return  // This batch only holds the door; the next one is meant.
    }
    let fault = control.withLock { control -> Fault? in
      if step == .begin { control.isDue = true }
      guard control.isDue, let planned = control.fault, planned.step == step else { return nil }
      control.fault = nil
      return planned.fault
    }
    switch fault {
    case nil: return
    case .full: throw StoreError.full
    case .broken: throw SystemError(code: 5, operation: "simulated", path: "")
    }
  }

  /// Puts acts to the Scribe as one batch, which meets a fault at a step.
  func perform(
    _ acts: [SimulatedAct], fault: (step: CommitStep, fault: Fault)?
  ) async -> [SimulatedAct.Verdict] {
    control.withLock {
      $0.isArmed = true
      $0.isHolding = false
      $0.isOpen = false
      $0.isDue = false
      $0.fault = fault
    }
    let scribe = scribe
    async let blocker = try? scribe.perform(NoDecision(), origin: .server)
    await Blocking.run { [control] in _ = control.wait { $0.isHolding ? true : nil } }
    let verdicts = await withTaskGroup(of: (Int, SimulatedAct.Verdict).self) { group in
      for (index, act) in acts.enumerated() {
        group.addTask { (index, await act.perform(scribe)) }
        while scribe.waiting <= index { await Task.yield() }
      }
      control.withLock {
        $0.isArmed = false
        $0.isOpen = true
      }
      control.broadcast()
      var verdicts = [SimulatedAct.Verdict](repeating: nil, count: acts.count)
      for await (index, verdict) in group { verdicts[index] = verdict }
      return verdicts
    }
    _ = await blocker
    control.withLock { $0.fault = nil }
    return verdicts
  }

  /// Time passes, so that the Scribe looks at the clocks and writes again after the disk was full:
  /// now, and not when its thread happens to wake.
  func idle() async throws {
    clock.advance(by: .seconds(2))
    _ = try await scribe.perform(NoDecision(), origin: .server)
    if let cause = scribe.status.readOnlyCause {
      throw Simulation.Failure(description: "writing has not resumed: \(cause)")
    }
  }

  /// Ends everything, cleanly or as a killed process leaves it.
  func close(cleanly: Bool) async throws {
    let parts = opened
    // A killed process has no last words: what announces the stop does not get into the journal.
    if !cleanly { control.withLock { $0.fault = (.journal, .broken) } }
    await parts.scribe.stop()
    if cleanly { try parts.state.finish() } else { parts.state.close() }
    parts.journal.close()
    self.parts.withLock { $0 = nil }
  }
}
