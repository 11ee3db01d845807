import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

@Suite struct EpochTests {
  let rig: LedgerRig

  init() throws {
    rig = try LedgerRig()
  }

  @Test func positionsRunThroughEpochs() async throws {
    let clock = ManualClock()
    let rig = try LedgerRig(clock: clock)
    let journal = try rig.create(events: 10)
    let state = TallyState()
    let scribe = try await rig.start(journal, state)
    for user in 0..<60 {
      clock.advance(by: .seconds(60))
      _ = await verdict(scribe, signIn(UInt64(user)))
    }
    await scribe.stop()
    let epochs = journal.epochs.all
    check(epochs.count >= 6, "\(epochs.count) epochs")
    let events = try rig.events(journal)
    check(events.map(\.position.rawValue), Array(1...UInt64(events.count)))
    for epoch in epochs.dropFirst() {
      guard case .epochSealed(let sealed) = events[Int(epoch.first.rawValue) - 1].event else {
        Issue.record("epoch \(epoch.number) does not begin with a seal")
        return
      }
      check(sealed.last.rawValue + 1, epoch.first.rawValue)
      check(sealed.root, try journal.reader.root(at: sealed.last))
    }
    for event in events {
      check(try journal.reader.position(of: event.header.id), event.position)
    }
    check(try journal.reader.position(of: EventID(rawValue: .zero)), nil)
    let middle = events[events.count / 2]
    let found = try #require(try journal.reader.position(at: middle.header.time))
    check(events[Int(found.rawValue) - 1].header.time, middle.header.time, "found by time")
    check(try journal.reader.position(at: clock.now().adding(seconds: 1)), nil)
    journal.close()
    let again = try rig.open(events: 10)
    check(try rig.events(again), events, "the same after reopening")
    again.close()
    check(Verifier(data: rig.data).report().isSound, "the journal verifies")
  }

  @Test(arguments: EpochStep.allCases)
  func aCrashWhileAnEpochBeginsLeavesAJournalThatGoesOn(step: EpochStep) async throws {
    struct Crash: Error {}
    let journal = try rig.create()
    let scribe = try await rig.start(journal, TallyState())
    _ = await verdict(scribe, signIn(1))
    await scribe.stop()
    let head = try journal.reader.head
    let writer = try journal.writer()
    do {
      _ = try writer.beginEpoch { if $0 == step { throw Crash() } }
      Issue.record("no crash at \(step)")
    } catch is Crash {}
    journal.close()
    let again = try rig.open()
    let state = TallyState()
    let next = try await rig.start(again, state)
    _ = await verdict(next, signIn(2))
    await next.stop()
    let types = try rig.events(again).dropFirst(Int(head.rawValue)).map(\.header.type.name)
    let expected = ["server.started", "session.signed_in", "server.stopped"]
    check(types, step == .named ? ["epoch.sealed"] + expected : expected, "\(step)")
    again.close()
    check(Verifier(data: rig.data).report().isSound, "the journal verifies after \(step)")
  }

  @Test func aSecondWriterIsToldWhoHasTheLock() throws {
    let journal = try rig.create()
    do {
      _ = try rig.open()
      Issue.record("two writers")
    } catch LedgerError.locked(let path, let process) {
      check(path, rig.data)
      check(process != nil, "the process is named")
    }
    journal.close()
    try rig.open().close()
  }

  @Test func creationCanBeRepeatedAfterACrashAndRefusesAJournal() throws {
    try rig.create().close()
    #expect(throws: LedgerError.exists(path: rig.data)) { try rig.create() }
    _ = try Descriptor.open(DataDirectory(rig.data).creating, [.write, .create])
    #expect(throws: LedgerError.absent(path: rig.data)) { try rig.open() }
    let journal = try rig.create()
    check(try journal.reader.head, Position(1))
    journal.close()
    #expect(throws: LedgerError.absent(path: rig.scratch.path("nothing"))) {
      try Journal(open: rig.scratch.path("nothing"), mode: .reader)
    }
  }

  @Test func aPageIsBoundedInRecordsAndBytes() throws {
    let journal = try rig.create()
    let writer = try journal.writer()
    var batch = RecordBatch(first: writer.next)
    for _ in 0..<2_500 { batch.append(try record(at: batch.next, mechanism: "m")) }
    for _ in 0..<50 {
      batch.append(try record(at: batch.next, mechanism: String(repeating: "m", count: 50_000)))
    }
    _ = try writer.append(batch, JournalWriter.Remarks(keyring: journal.keyring.age))
    journal.reader.advance(to: writer.stateCheckpoint)
    var position = Position.zero
    var counts: [Int] = []
    while position < writer.head {
      let page = try journal.reader.page(after: position)
      counts.append(page.count)
      position = page.last
    }
    check(counts.reduce(0, +), 2_551)
    check(counts.prefix(2), [1_000, 1_000])
    check(counts[2] < 1_000 && counts.count == 5, "\(counts)")
    journal.close()
  }

  private func record(at position: Position, mechanism: String) throws -> [UInt8] {
    let event = signedIn(UserID(rawValue: .zero), mechanism).event
    let header = EventHeader(
      position: position, time: .zero, type: event.type,
      id: EventID(rawValue: ID(high: 0x7FFF, low: position.rawValue)))
    return try RecordParts(header, event).record()
  }
}

/// Damage in the pages that lead to the end of the journal must end in words, not in a signal.
@Suite struct PageCheckTests {
  @Test func everyChangedByteOfAPageHeadIsRefusedOrHarmless() async throws {
    let rig = try LedgerRig()
    let journal = try rig.create()
    let scribe = try await rig.start(journal, TallyState())
    for user in 0..<4 { _ = await verdict(scribe, signIn(UInt64(user))) }
    await scribe.stop()
    let head = try journal.reader.head
    journal.close()
    let tampering = try Tampering(rig)
    let directory = DataDirectory(rig.data)
    var refused = 0
    for page in 2..<tampering.size / 4_096 {
      for offset in 8..<34 {
        try tampering.flip([page * 4_096], offset, mask: 1 << UInt8(offset % 8)) {
          do {
            try PageCheck.run(tampering.path)
            let epochs = try Epochs(directory, limits: EpochLimits(), isWriter: true)
            check(try epochs.tip().size, head.rawValue, "byte \(offset) of page \(page)")
            epochs.close()
          } catch {
            refused += 1
          }
        }
      }
    }
    check(refused > 50, "\(refused) refused")
    try rig.open().close()
  }
}
