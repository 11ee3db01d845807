import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import Control

@Suite struct ReadingLogTests {
  private func readings(_ office: Office) throws -> [(ActorID, AuditRead)] {
    try office.events().compactMap { recorded in
      if case .auditRead(let event) = recorded.event { (recorded.header.actor, event) } else { nil }
    }
  }

  private func read(_ office: Office, _ first: UInt64, _ last: UInt64, uid: UInt32 = 7) async {
    let arguments = Row(["what": "replay", "first": .number(first), "last": .number(last)])
    check(await office.perform("reading", arguments, uid: uid).last, .finished)
  }

  @Test func theFirstOfAMinuteIsJournaledAtOnceAndTheOthersTogether() async throws {
    let office = try await Office()
    let minute = office.clock.now().microseconds / 60_000_000 * 60_000_000
    office.clock.set(now: Timestamp(microseconds: minute + 60_000_000))
    await read(office, 5, 6)
    check(try readings(office).map(\.1.reads), [1])
    await read(office, 3, 9)
    await read(office, 4, 12)
    check(try readings(office).count, 1, "they wait for the minute's end")
    await read(office, 1, 2, uid: 8)
    check(try readings(office).map(\.0), [.operator(uid: 7), .operator(uid: 8)], "each for itself")
    await office.place.readings.flush()
    let last = try readings(office).last
    check(last?.0, .operator(uid: 7))
    check(last?.1.first, Position(3))
    check(last?.1.last, Position(12))
    check(last?.1.reads, 2)
    await office.place.readings.flush()
    check(try readings(office).count, 3, "once")
    office.clock.set(now: Timestamp(microseconds: minute + 121_000_000))
    await read(office, 1, 1)
    check(try readings(office).count, 4, "another minute, at once")
    await read(office, 1, 1)
    let scratch = office.scratch
    await office.place.stop()
    let again = try await Office(scratch)
    check(try readings(again).count, 5, "what waited is journaled at the stop")
    await again.place.stop()
  }
}
