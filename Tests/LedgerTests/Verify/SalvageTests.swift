import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

@Suite struct SalvageTests {
  let rig: LedgerRig

  init() throws {
    rig = try LedgerRig()
  }

  /// A closed journal with records small and large; gives their bytes by position from 1.
  private func make(events: UInt64? = nil) async throws -> [[UInt8]] {
    let journal = try rig.create(events: events)
    let scribe = try await rig.start(journal, TallyState())
    for number in 0..<12 {
      let five = Tell<Int> { _, _ in
        let id = UserID(rawValue: ID(high: 9, low: UInt64(number)))
        var drafts = Array(repeating: signedIn(id, "SCRAM-SHA-256"), count: 5)
        if number % 2 == 1 { drafts[3] = signedIn(id, String(repeating: "m", count: 9_000)) }
        return Outcome(drafts: drafts, answer: 0)
      }
      _ = try await verdict(scribe, five).get()
    }
    await scribe.stop()
    var records: [[UInt8]] = []
    while true {
      let page = try journal.reader.page(after: Position(UInt64(records.count)))
      guard !page.isEmpty else { break }
      records += page.records.map(\.bytes)
    }
    journal.close()
    return records
  }

  /// Salvages into a new directory, and checks that what came out opens, verifies, and is a prefix
  /// of what was there.
  private func salvage(_ records: [[UInt8]], _ what: String) throws -> Salvage.Report {
    let target = rig.scratch.path("salvaged-\(what)")
    let report = try Salvage(from: rig.data, to: target, surroundings: rig.surroundings()).run()
    let journal = try Journal(open: target, mode: .writer, surroundings: rig.surroundings())
    var saved: [[UInt8]] = []
    while true {
      let page = try journal.reader.page(after: Position(UInt64(saved.count)))
      guard !page.isEmpty else { break }
      saved += page.records.map(\.bytes)
    }
    journal.close()
    check(report.saved.rawValue, UInt64(saved.count), what)
    check(records.starts(with: saved), "\(what): what was saved is what was written")
    let verification = Verifier(data: target).report()
    check(verification.isSound, "\(what): \(verification.findings)")
    return report
  }

  @Test func aSoundJournalIsSavedWhole() async throws {
    for events in [nil, UInt64(20)] {
      let rig = try LedgerRig()
      let test = SalvageTests(rig: rig)
      let records = try await test.make(events: events)
      let report = try test.salvage(records, "whole")
      check(report.saved.rawValue, UInt64(records.count))
      check(report.firstLost, nil)
      check(report.checkpointsLost, 0)
    }
  }

  private init(rig: LedgerRig) {
    self.rig = rig
  }

  @Test func aDamagedRecordIsTheFirstLost() async throws {
    let records = try await make()
    let tampering = try Tampering(rig)
    for index in [11, 30, 49] {
      let report = try tampering.flip(tampering.places(of: records[index]), 40, mask: 1) {
        try salvage(records, "record-\(index)")
      }
      check(report.firstLost?.rawValue, UInt64(index + 1))
      check(report.saved.rawValue, UInt64(index), "all before it is saved")
    }
  }

  @Test func aCutFileGivesWhatItStillHolds() async throws {
    let records = try await make()
    let tampering = try Tampering(rig)
    let whole = tampering.size
    for part in [9, 7, 5, 3] {
      try tampering.truncate(to: whole * part / 10)
      do {
        let report = try salvage(records, "cut-\(part)")
        check(report.firstLost?.rawValue, report.saved.rawValue + 1, "cut to \(part)/10")
      } catch LedgerError.absent {
        check(part < 5, "nothing was saved of \(part)/10")
      }
    }
  }

  @Test func garbageInPagesCostsOnlyWhatIsBehindIt() async throws {
    let records = try await make()
    let place = try Tampering(rig).places(of: records[30])
    for page in Set(place.map { $0 / 4_096 }) {
      try Tampering(rig).overwrite(page * 4_096..<page * 4_096 + 4_096, with: 0xA5)
    }
    let report = try salvage(records, "garbage")
    check(report.saved.rawValue < 31 && report.saved.rawValue > 5, "saved \(report.saved)")
    check(report.firstLost?.rawValue, report.saved.rawValue + 1)
  }

  @Test(arguments: [[0], [1], [0, 1]]) func badMetaPagesCostNothing(pages: [Int]) async throws {
    let records = try await make()
    let tampering = try Tampering(rig)
    for page in pages {
      try tampering.overwrite(page * 4_096..<page * 4_096 + 4_096, with: 0)
    }
    let report = try salvage(records, "metas")
    check(report.saved.rawValue, UInt64(records.count))
    check(report.firstLost, nil)
  }

  @Test func aHurtEpochEndsWhatCanBeSaved() async throws {
    let records = try await make(events: 20)
    let tampering = try Tampering(rig, epoch: 1)
    let position = 25
    let report = try tampering.flip(tampering.places(of: records[position - 1]), 40, mask: 1) {
      try salvage(records, "epochs")
    }
    check(report.firstLost?.rawValue, UInt64(position))
    check(report.greatestSeen.rawValue >= UInt64(position), "\(report.greatestSeen)")
  }
}
