import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

/// Keys of new slots, seals, wraps, and what is left when a key is destroyed.
@Suite struct SealingTests {
  let rig: LedgerRig
  let state = TallyState()
  let user = UserID(rawValue: ID(high: 4, low: 1))

  init() throws {
    rig = try LedgerRig()
  }

  /// A user with a slot of its own, and a personal event sealed under it.
  private func add(_ user: UserID, client: String) -> Tell<Slot> {
    Tell { _, moment in
      let slot = NewSlot(
        slot: moment.nextSlot, kind: .user, subject: user.rawValue,
        key: SeededEntropy(seed: user.rawValue.low).key())
      var draft = signedIn(user, client: client)
      draft.seal = .slot(slot.slot)
      return Outcome(drafts: [draft], slots: [slot], answer: slot.slot)
    }
  }

  private func destroy(_ slot: Slot) -> Tell<Int> {
    Tell { _, _ in
      Outcome(
        drafts: [Draft(.userDeleted(UserDeleted(user: user)))], destroyed: [slot], answer: 0)
    }
  }

  private func clients(_ journal: Journal, opens: Bool = true) throws -> [Personal<String>] {
    try rig.events(journal, opens: opens).compactMap { recorded in
      if case .sessionSignedIn(let event) = recorded.event { event.client } else { nil }
    }
  }

  @Test func aDestroyedSlotLeavesErasedValuesAndIntactProofs() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    let slot = try await verdict(scribe, add(user, client: "192.0.2.1")).get()
    check(try clients(journal), [.value("192.0.2.1")])
    check(try clients(journal, opens: false), [.erased], "left sealed")
    check(state.tally.clients, ["192.0.2.1"])
    let root = try journal.reader.root(at: try journal.reader.head)
    let head = try journal.reader.head
    _ = await verdict(scribe, destroy(slot))
    check(journal.keyring.key(slot), nil)
    check(try clients(journal), [.erased])
    check(try journal.reader.root(at: head), root)
    _ = await verdict(scribe, signIn(1))
    check(try journal.epochs.live.meta().pending, [], "nothing is left to destroy")
    await scribe.stop()
  }

  @Test func aDestructionThatACrashCutShortIsCarriedOutAtTheNextStart() async throws {
    let journal = try rig.create()
    let faults = Faults()
    let scribe = try await rig.start(journal, state, hooks: faults.hooks(rig))
    let slot = try await verdict(scribe, add(user, client: "192.0.2.1")).get()
    faults.fail(.committed, with: StoreError.closed)
    check(await verdict(scribe, destroy(slot)), .failure(.stopped))
    await scribe.stop()
    check(journal.keyring.key(slot) != nil, "the crash came before")
    journal.close()
    let again = try rig.open()
    let next = try await rig.start(again, TallyState())
    check(again.keyring.key(slot), nil)
    check(try clients(again), [.erased])
    await next.stop()
    again.close()
  }

  @Test func slotsOfAnAbortedBatchAreNumberedAnew() async throws {
    let journal = try rig.create()
    let faults = Faults()
    let scribe = try await rig.start(journal, state, hooks: faults.hooks(rig))
    for step in [CommitStep.keyring, .commit] {
      faults.fail(step, with: StoreError.full)
      guard case .failure(.unavailable) = await verdict(scribe, add(user, client: "lost")) else {
        Issue.record("\(step)")
        return
      }
      // The next fault must meet a request, not the event that tells of the resumption.
      while scribe.status.readOnlyCause != nil { await Task.yield() }
    }
    for number in 1...3 {
      let user = UserID(rawValue: ID(high: 4, low: UInt64(number)))
      _ = try await verdict(scribe, add(user, client: "c\(number)")).get()
    }
    check(try clients(journal), [.value("c1"), .value("c2"), .value("c3")])
    await scribe.stop()
  }

  @Test func aMessageKeyIsFoundThroughWrapsAndThroughItsOrigin() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    let slot = try await verdict(scribe, add(user, client: "x")).get()
    let key = rig.entropy.key()
    let message = MessageID(rawValue: rig.entropy.id())
    let accept = Tell<Position> { _, moment in
      let recipient = Recipient(address: Array("bob@a.test".utf8), user: user)
      return Outcome(
        drafts: [
          Draft(
            .messageAddressed(
              MessageAddressed(
                origin: moment.position, message: message, recipientCount: 1,
                recipients: [recipient])), seal: .message(key, holders: [slot])),
          Draft(
            .messageAddressed(
              MessageAddressed(
                origin: moment.position, message: message, recipientCount: 1,
                recipients: [recipient])), seal: .message(key, holders: [])),
        ], answer: moment.position)
    }
    _ = try await verdict(scribe, accept).get()
    func recipients() throws -> [Int?] {
      try rig.events(journal).compactMap { recorded in
        if case .messageAddressed(let event) = recorded.event {
          .some(event.recipients.value?.count)
        } else {
          nil
        }
      }
    }
    check(try recipients(), [1, 1])
    _ = await verdict(scribe, destroy(slot))
    check(try recipients(), [nil, nil])
    await scribe.stop()
    journal.close()
    let report = Verifier(data: rig.data).report()
    check(report.isSound, "\(report.findings)")
  }

  @Test func aPersonalPartWithoutASealOrAKeyIsNotWritten() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, state)
    let head = try journal.reader.head
    for seal in [Seal.none, .slot(Slot(77))] {
      let bare = Tell<Int> { _, _ in
        var draft = signedIn(user, client: "192.0.2.1")
        draft.seal = seal
        return Outcome(drafts: [signedIn(user), draft], answer: 0)
      }
      guard case .failure(.unavailable) = await verdict(scribe, bare) else {
        Issue.record("\(seal) was written")
        return
      }
    }
    let large = Tell<Int> { _, _ in
      Outcome(
        drafts: [signedIn(user, String(repeating: "m", count: 70_000))], answer: 0)
    }
    check(
      await verdict(scribe, large),
      .failure(.refused(.tooLarge(what: "session.signed_in", limit: UInt64(Record.maximumSize)))))
    check(try journal.reader.head, head, "nothing was written")
    await scribe.stop()
  }
}
