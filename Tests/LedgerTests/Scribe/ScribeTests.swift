import Events
import Platform
import Store
import Synchronization
import TestKit
import Testing

@testable import Ledger

@Suite struct ScribeTests {
  let rig: LedgerRig
  let state = TallyState()

  init() throws {
    rig = try LedgerRig()
  }

  @Test func anEventIsDurableFoldedAndAnnouncedBeforeItsReceipt() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    let (receipt, answer) = try await scribe.perform(signIn(1), origin: .server)
    let last = try #require(receipt?.last)
    check(answer, last.rawValue, "the decision knew its position")
    check(try journal.reader.head, last)
    check(state.tally.checkpoint?.position, last)
    check(rig.commits.withLock { $0.last }, last)
    check(state.tally.checkpoint?.root, try journal.reader.root(at: last))
    await scribe.stop()
    let types = try rig.events(journal).map(\.header.type.name)
    check(types, ["journal.created", "server.started", "session.signed_in", "server.stopped"])
    check(try journal.reader.position(of: try rig.events(journal)[2].header.id), last)
  }

  @Test func aRefusedRequestFailsAloneAndLeavesNoTrace() async throws {
    let journal = try rig.create()
    let gate = CommitGate()
    let scribe = try await rig.start(journal, state, hooks: gate.hooks(rig))
    let head = try journal.reader.head.rawValue
    let verdicts = await gate.together(scribe, [1, 2, 1, 3].map { signIn($0) })
    check(verdicts[0], .success(head + 2))
    check(verdicts[1], .success(head + 3))
    check(verdicts[2], .failure(.refused(.alreadyExists(what: "user 1"))))
    check(verdicts[3], .success(head + 4), "positions have no gap")
    await scribe.stop()
  }

  @Test func requestsThatWaitAreCommittedTogether() async throws {
    let journal = try rig.create()
    let gate = CommitGate()
    let scribe = try await rig.start(journal, state, hooks: gate.hooks(rig))
    let verdicts = await gate.together(scribe, (10..<110).map { signIn($0) })
    check(verdicts.count { if case .success = $0 { true } else { false } }, 100)
    check(gate.commitsSinceOpening, 2, "the one that held the gate, and one for all others")
    await scribe.stop()
  }

  @Test func aRequestThatCannotBeFoldedFailsAlone() async throws {
    let journal = try rig.create()
    let gate = CommitGate()
    let scribe = try await rig.start(journal, state, hooks: gate.hooks(rig))
    let decisions = [signIn(1), signIn(2, mechanism: TallyState.poison), signIn(3)]
    let verdicts = await gate.together(scribe, decisions)
    guard case .success(let first) = verdicts[0], case .success(let third) = verdicts[2],
      case .failure(.unavailable) = verdicts[1]
    else {
      Issue.record("\(verdicts)")
      return
    }
    check(third, first + 1, "the poisoned one took no position")
    await scribe.stop()
    check(state.tally.users.count, 3, "the gate's own, the first and the third")
  }

  @Test func anUnknownOutcomeGivesNoVerdictAndEndsTheScribe() async throws {
    let journal = try rig.create()
    let isArmed = Mutex(false)
    var hooks = rig.hooks
    hooks.fault = { step in
      if step == .commit, isArmed.withLock({ $0 }) {
        throw StoreError.outcomeUnknown(code: 5, operation: "commit")
      }
    }
    let scribe = try await rig.start(journal, state, hooks: hooks)
    isArmed.withLock { $0 = true }
    check(await verdict(scribe, signIn(1)), .failure(.stopped))
    check(await verdict(scribe, signIn(2)), .failure(.stopped))
    await scribe.stop()
    check(rig.ends.withLock { $0.count }, 1)
    journal.close()
    let again = try rig.open()
    check(try rig.events(again).map(\.header.type.name), ["journal.created", "server.started"])
    again.close()
  }

  /// What only failed to commit is folded again; what fails twice is opened anew before.
  @Test(arguments: [(1, 0), (2, 1)])
  func receiptsGoOutWhenOnlyTheStateFailsAndItCatchesUp(failures: Int, reopened: Int) async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    state.failCommits(failures)
    guard case .success(let position) = await verdict(scribe, signIn(1)) else {
      Issue.record("no receipt although the journal was committed")
      return
    }
    guard case .success = await verdict(scribe, signIn(2)) else {
      Issue.record("the state did not come back")
      return
    }
    check(state.reopened, reopened)
    check(state.tally.users[UserID(rawValue: ID(high: 9, low: 1))]?.rawValue, position)
    await scribe.stop()
  }

  @Test func aStepOfTheWallClockIsAnEventAndACorrectionIsNot() async throws {
    let clock = ManualClock()
    let rig = try LedgerRig(clock: clock)
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    let before = clock.now()
    clock.set(now: before.adding(microseconds: 900_000))
    _ = await verdict(scribe, signIn(1))
    clock.set(now: before.adding(seconds: -3_600))
    _ = await verdict(scribe, signIn(2))
    await scribe.stop()
    let steps = try rig.events(journal).compactMap { recorded -> ClockStepped? in
      if case .clockStepped(let step) = recorded.event { step } else { nil }
    }
    check(steps.map(\.after), [before.adding(seconds: -3_600)])
    check(steps.map(\.before), [before.adding(microseconds: 900_000)])
    let ids = try rig.events(journal).map(\.header.id.rawValue)
    check(ids, ids.sorted(), "ids grow although the clock went back")
  }

  @Test func aStateOfAnotherJournalIsDiscarded() async throws {
    let journal = try rig.create()
    var foreign = Tally(types: ["session.signed_in": 7])
    foreign.checkpoint = StateCheckpoint(
      log: LogID(rawValue: ID(high: 1, low: 1)), position: Position(1), root: .zero)
    state.plant(foreign)
    let scribe = try await rig.start(journal, state)
    await scribe.stop()
    check(state.discarded, 1)
    check(state.tally.types["journal.created"], 1)
    check(state.tally.types["session.signed_in"], nil)
  }

  @Test func theStartTellsWhetherTheStopWasClean() async throws {
    var journal = try rig.create()
    for round in 0..<3 {
      let scribe = try await rig.start(journal, TallyState())
      if round == 1 {
        // A crash: nothing is told, the journal is simply closed.
        journal.close()
        await scribe.stop()
      } else {
        await scribe.stop()
        journal.close()
      }
      journal = try rig.open()
    }
    let starts = try rig.events(journal).compactMap { recorded -> Bool? in
      if case .serverStarted(let start) = recorded.event { start.isClean } else { nil }
    }
    check(starts, [false, true, false])
    journal.close()
  }

  @Test func feedNumbersOfADomainAreDense() async throws {
    let journal = try rig.create()
    let gate = CommitGate()
    let scribe = try await rig.start(journal, state, hooks: gate.hooks(rig))
    let domain = DomainID(rawValue: ID(high: 5, low: 5))
    let deleted = (0..<3).map { number in
      Tell<UInt64> { _, moment in
        let user = UserID(rawValue: ID(high: 7, low: UInt64(number)))
        let draft = Draft(.userDeleted(UserDeleted(user: user)), domain: domain)
        return Outcome(drafts: [draft, draft], answer: moment.position.rawValue)
      }
    }
    _ = await gate.together(scribe, deleted)
    await scribe.stop()
    let feeds = try rig.events(journal).compactMap(\.header.feed)
    check(feeds, [1, 2, 3, 4, 5, 6])
    check(state.tally.feeds[domain], 6)
  }
}
