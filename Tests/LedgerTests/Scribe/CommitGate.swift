import Events
import Platform

@testable import Ledger

/// Holds the Scribe in a commit until all requests of a test wait, so that they make one batch.
final class CommitGate: Sendable {
  private struct Gate: Sendable {
    var isArmed = false
    var isHolding = false
    var isOpen = true
    var commits = 0
  }

  private let gate = Monitor(Gate())

  /// The rig's hooks, with the gate in the commit.
  func hooks(_ rig: LedgerRig) -> ScribeHooks {
    var hooks = rig.hooks
    hooks.fault = { [self] step in
      guard step == .commit else { return }
      gate.withLock { gate in
        gate.commits += 1
        if gate.isArmed { gate.isHolding = true }
      }
      gate.broadcast()
      _ = gate.wait { $0.isOpen ? true : nil }
    }
    return hooks
  }

  /// Commits since the gate was closed last.
  var commitsSinceOpening: Int { gate.withLock { $0.commits } }

  /// Lets one request of its own into a commit, lines the others up behind it in their order, and
  /// lets all go.
  func together<Answer: Sendable>(
    _ scribe: Scribe<TallyState>, _ decisions: [Tell<Answer>]
  ) async -> [Result<Answer, ScribeError>] {
    gate.withLock { $0 = Gate(isArmed: true, isOpen: false) }
    async let first = verdict(scribe, signIn(999_999))
    _ = await blocking { self.gate.wait { $0.isHolding ? true : nil } }
    let verdicts = await withTaskGroup(of: (Int, Result<Answer, ScribeError>).self) { group in
      for (index, decision) in decisions.enumerated() {
        group.addTask { (index, await verdict(scribe, decision)) }
        while scribe.waiting <= index { await Task.yield() }
      }
      gate.withLock { gate in
        gate.isArmed = false
        gate.isOpen = true
      }
      gate.broadcast()
      var verdicts: [Int: Result<Answer, ScribeError>] = [:]
      for await (index, verdict) in group { verdicts[index] = verdict }
      return decisions.indices.compactMap { verdicts[$0] }
    }
    _ = await first
    return verdicts
  }
}

/// Runs what blocks on a thread of its own.
func blocking<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
  await withCheckedContinuation { continuation in
    _ = startThread(name: "test") { continuation.resume(returning: body()) }
  }
}
