import Events
import Platform
import Store
import Synchronization
import TestKit
import Testing

@testable import Ledger

/// A disk without room, and the way back.
@Suite struct StorageTests {
  let rig: LedgerRig
  let clock = ManualClock()
  let state = TallyState()

  init() throws {
    rig = try LedgerRig(clock: clock)
  }

  /// Options with which writing is tried again only when the clock is moved by a second.
  var patient: ScribeOptions {
    var options = rig.options
    options.probeInterval = 1_000_000_000
    return options
  }

  @Test(arguments: [CommitStep.begin, .keyring, .content, .journal, .commit])
  func noRoomIsATemporaryFailureAndWritingResumes(step: CommitStep) async throws {
    let journal = try rig.create()
    let faults = Faults()
    let scribe = try await rig.start(journal, state, options: patient, hooks: faults.hooks(rig))
    faults.fail(step, with: StoreError.full)
    let body = ContentSealer.seal([1, 2, 3], dataKey: rig.entropy.key(), entropy: rig.entropy)
    check(
      await verdict(scribe, keep(body), bodies: [body]),
      .failure(.unavailable("\(StoreError.full)")), "\(step)")
    check(scribe.status.readOnlyCause, "\(StoreError.full)")
    check(await verdict(scribe, signIn(2)), .failure(.unavailable("\(StoreError.full)")))
    clock.advance(by: .seconds(1))
    guard case .success = await verdict(scribe, signIn(3)) else {
      Issue.record("\(step): writing did not resume")
      return
    }
    check(scribe.status, ScribeStatus())
    await scribe.stop()
    let resumed = try rig.events(journal).compactMap { recorded -> StorageResumed? in
      if case .storageResumed(let event) = recorded.event { event } else { nil }
    }
    check(resumed.map(\.refused), [2])
    check(resumed.map(\.cause), ["\(StoreError.full)"])
    check(state.tally.types["session.signed_in"], 1)
  }

  @Test func theBallastLetsDecisionsThatFreeSpaceThrough() async throws {
    let journal = try rig.create()
    let faults = Faults()
    let scribe = try await rig.start(journal, state, options: patient, hooks: faults.hooks(rig))
    let ballast = journal.directory.ballast
    check(try Directory.status(ballast).size, 1 << 20)
    faults.fail(.commit, with: StoreError.full)
    guard case .success = await verdict(scribe, signIn(1, freeing: true)) else {
      Issue.record("the ballast did not help")
      return
    }
    check(!Directory.exists(ballast), "the ballast is let go")
    check(await verdict(scribe, signIn(2)), .failure(.unavailable("\(StoreError.full)")))
    guard case .success = await verdict(scribe, signIn(3, freeing: true)) else {
      Issue.record("a freeing decision was kept out")
      return
    }
    clock.advance(by: .seconds(1))
    guard case .success = await verdict(scribe, signIn(4)) else {
      Issue.record("writing did not resume")
      return
    }
    check(try Directory.status(ballast).size, 1 << 20, "the ballast is back")
    await scribe.stop()
  }

  @Test func aStateWithoutRoomClosesTheGateToo() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state, options: patient)
    state.fillFolds(1)
    check(await verdict(scribe, signIn(1)), .failure(.unavailable("\(StoreError.full)")))
    clock.advance(by: .seconds(1))
    guard case .success = await verdict(scribe, signIn(1)) else {
      Issue.record("writing did not resume")
      return
    }
    await scribe.stop()
  }

  @Test func aFullMapIsLeftBehindByANewEpoch() async throws {
    var surroundings = rig.surroundings()
    surroundings.limits.mapSize = 1 << 20
    let journal = try Journal.create(at: rig.data, application: "test", surroundings: surroundings)
    let scribe = try await rig.start(journal, state)
    var refused = 0
    for user in 0..<80 {
      let many = Tell<Int> { _, _ in
        let id = UserID(rawValue: ID(high: 8, low: UInt64(user)))
        let draft = signedIn(id, String(repeating: "m", count: 1_500))
        return Outcome(drafts: Array(repeating: draft, count: 20), answer: user)
      }
      if case .failure = await verdict(scribe, many) { refused += 1 }
    }
    await scribe.stop()
    check(refused > 0 && refused < 20, "\(refused) refused")
    check(journal.epochs.all.count > 1, "\(journal.epochs.all.count) epochs")
    journal.close()
    let report = Verifier(data: rig.data).report()
    check(report.isSound, "\(report)")
  }

  /// Its events are durable, but nobody could see them yet.
  @Test func answersWaitForAStateWithoutRoom() async throws {
    let journal = try rig.create()
    let scribe = try await startWithoutBallast(journal)
    state.failCommits(2, with: StoreError.full)
    async let first = verdict(scribe, signIn(1))
    while scribe.status.readOnlyCause != "\(StoreError.full)" { await Task.yield() }
    check(try rig.events(journal).last?.header.type.name, "session.signed_in")
    check(state.tally.users.count, 0)
    check(
      await verdict(scribe, signIn(2, freeing: true)),
      .failure(.unavailable("the state is being read back")), "nothing is decided on an old state")
    clock.advance(by: .seconds(1))
    guard case .success(let position) = await first else {
      Issue.record("no answer although the state came back")
      return
    }
    check(state.tally.users.values.map(\.rawValue), [position])
    check(state.reopened, 0, "it can be read all the time")
    _ = try await verdict(scribe, signIn(3)).get()
    await scribe.stop()
    let types = try rig.events(journal).map(\.header.type.name)
    check(types.count { $0 == "session.signed_in" }, 2)
    check(types.count { $0 == "storage.resumed" }, 1)
  }

  @Test func whoWaitsTooLongForTheStateGetsNoVerdict() async throws {
    let journal = try rig.create()
    let scribe = try await startWithoutBallast(journal)
    state.failCommits(.max, with: StoreError.full)
    async let first = verdict(scribe, signIn(1))
    while scribe.status.readOnlyCause != "\(StoreError.full)" { await Task.yield() }
    clock.advance(by: .seconds(5))
    check(await first, .failure(.stopped))
    state.failCommits(0)
    clock.advance(by: .seconds(1))
    while scribe.status.readOnlyCause != nil { await Task.yield() }
    check(state.tally.types["session.signed_in"], 1, "it happened, once")
    check(await verdict(scribe, signIn(1)), .failure(.refused(.alreadyExists(what: "user 1"))))
    await scribe.stop()
  }

  @Test func theEndComesWithoutAVerdictWhileTheStateIsBehind() async throws {
    let journal = try rig.create()
    let scribe = try await startWithoutBallast(journal)
    state.failCommits(.max, with: StoreError.full)
    async let first = verdict(scribe, signIn(1))
    while scribe.status.readOnlyCause != "\(StoreError.full)" { await Task.yield() }
    await scribe.stop()
    check(await first, .failure(.stopped))
    journal.close()
    state.failCommits(0)
    let again = try rig.open()
    let next = try await rig.start(again, state)
    check(state.tally.types["session.signed_in"], 1)
    await next.stop()
  }

  private func startWithoutBallast(_ journal: Journal) async throws -> Scribe<TallyState> {
    var options = patient
    options.ballastBytes = 0
    return try await rig.start(journal, state, options: options)
  }

  private func keep(_ body: SealedBody) -> Tell<Int> {
    Tell { _, moment in
      Outcome(
        drafts: [signedIn(UserID(rawValue: ID(high: 3, low: 3)))],
        slots: [NewSlot(slot: moment.nextSlot, kind: .user, subject: .zero, key: Key.test)],
        keptContents: [body.id], answer: 0)
    }
  }
}

extension Key {
  /// A key like any other.
  static var test: Key { SeededEntropy(seed: 77).key() }
}

/// Makes single steps of commits fail, each once.
final class Faults: Sendable {
  private let armed = Mutex<[CommitStep: any Error]>([:])

  func hooks(_ rig: LedgerRig) -> ScribeHooks {
    var hooks = rig.hooks
    hooks.fault = { [self] step in
      if let error = armed.withLock({ $0.removeValue(forKey: step) }) { throw error }
    }
    return hooks
  }

  func fail(_ step: CommitStep, with error: any Error) {
    armed.withLock { $0[step] = error }
  }
}
