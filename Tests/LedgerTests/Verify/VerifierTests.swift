import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

@Suite struct VerifierTests {
  let rig: LedgerRig

  init() throws {
    rig = try LedgerRig()
  }

  /// A closed journal of some sign-ins, every third sealed; gives its records.
  private func make(_ count: Int) async throws -> [RawRecord] {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, TallyState())
    let slot = journal.serverSlot
    let many = Tell<Int> { _, moment in
      Outcome(
        drafts: (0..<count).map { number in
          var draft = signedIn(
            UserID(rawValue: ID(high: 6, low: UInt64(number))),
            client: number % 3 == 0 ? "192.0.2.\(number)" : nil)
          draft.seal = .slot(slot)
          return draft
        }, answer: 0)
    }
    _ = try await verdict(scribe, many).get()
    await scribe.stop()
    let records = try journal.reader.records(after: .zero)
    journal.close()
    return records
  }

  @Test func aSoundJournalIsGoneThroughToItsHead() async throws {
    let records = try await make(600)
    let report = Verifier(data: rig.data).report()
    check(report.isSound, "\(report.findings)")
    check(report.checked, records.last?.position ?? .zero)
    check(report.head, report.checked)
  }

  @Test func everyChangedByteOfARecordIsFoundAtItsPosition() async throws {
    let records = try await make(12)
    // Without the keyring nothing but the records themselves can tell.
    try Directory.removeTree(DataDirectory(rig.data).keyring)
    let tampering = try Tampering(rig)
    for record in records.prefix(4) + records.suffix(1) {
      let places = tampering.places(of: record.bytes)
      check(!places.isEmpty, "record \(record.position) is found in the file")
      for offset in record.bytes.indices {
        let mask: UInt8 = 1 << UInt8(offset % 8)
        let report = try tampering.flip(places, offset, mask: mask) {
          Verifier(data: rig.data).report()
        }
        check(
          report.firstBad?.position, record.position,
          "byte \(offset) of record \(record.position): \(report.findings)")
      }
    }
    check(Verifier(data: rig.data).report().isSound, "the flips were taken back")
  }

  @Test func everyChangedValueInMetaIsFound() async throws {
    _ = try await make(3)
    let values = try metaValues()
    check(values.count, 8, "pending is absent")
    let tampering = try Tampering(rig)
    for (key, value) in values {
      let places = tampering.places(of: value)
      for offset in value.indices {
        let report = try tampering.flip(places, offset, mask: 0x10) {
          Verifier(data: rig.data).report()
        }
        check(!report.isSound, "byte \(offset) of \(key)")
      }
    }
  }

  @Test func changedTilesAndTheRecordsUnderThemAreToldApart() async throws {
    let records = try await make(600)
    let tiles = try tiles()
    check(tiles.count, 2)
    let tampering = try Tampering(rig)
    for (key, bytes) in tiles {
      let places = tampering.places(of: bytes)
      for offset in stride(from: 3, to: bytes.count, by: 257) {
        let report = try tampering.flip(places, offset, mask: 0x80) {
          Verifier(data: rig.data).report()
        }
        let position = Position(key.firstLeaf + 1)
        let first = report.firstBad?.position ?? .zero
        check(
          first == position || first == Position(key.firstLeaf + 1 + UInt64(offset / 32)),
          "byte \(offset) of tile \(key.path()): \(report.findings)")
      }
    }
    // A forger who mends the checksum is found by the tile.
    for record in [records[9], records[300]] {
      let places = tampering.places(of: record.bytes)
      var forged = record.bytes
      forged[forged.count - 30] ^= 1
      let body = Array(forged.dropLast(5))
      forged.replaceSubrange(
        (forged.count - 4)..., with: bigEndian(UInt64(CRC32C.of(body))).suffix(4))
      let report = try tampering.replace(places, record.bytes, with: forged) {
        Verifier(data: rig.data).report()
      }
      check(report.firstBad?.position, record.position, "\(report.findings)")
    }
  }

  @Test func aMissingTailIsToldByTheCheckpoints() async throws {
    let first = try await make(30)
    let saved = rig.scratch.path("saved")
    try FileCopy.copy(DataDirectory(rig.data).epoch(0) + "/data.mdb", to: saved)
    let journal = try rig.open()
    let scribe = try await rig.start(journal, TallyState())
    _ = await verdict(scribe, signIn(1))
    await scribe.stop()
    journal.close()
    try FileCopy.copy(saved, to: DataDirectory(rig.data).epoch(0) + "/data.mdb")
    let report = Verifier(data: rig.data).report()
    check(report.firstBad?.position, first.last?.position.advanced(), "\(report.findings)")
    do {
      _ = try rig.open()
      Issue.record("a journal that was set back was opened")
    } catch LedgerError.rolledBack(let tip, let signed, _) {
      check(tip, first.last?.position ?? .zero)
      check(signed > tip, "\(signed)")
    }
  }

  @Test func openingReadsTheTipBackFromTheLastCheckpoint() async throws {
    let records = try await make(300)
    let journal = try rig.open()
    let writer = try journal.writer()
    var batch = RecordBatch(first: writer.next)
    for record in records.suffix(40) {
      var header = try #require(try record.header())
      header.position = batch.next
      header.slot = nil
      let event = signedIn(UserID(rawValue: .zero)).event
      header.type = event.type
      batch.append(try RecordParts(header, event).record())
    }
    let unsigned = writer.next
    _ = try writer.append(batch, JournalWriter.Remarks(keyring: journal.keyring.age))
    journal.reader.advance(to: writer.stateCheckpoint)
    let record = try #require(try journal.reader.record(at: unsigned.advanced(by: 5)))
    journal.close()
    let tampering = try Tampering(rig)
    let places = tampering.places(of: record.bytes)
    let position = try tampering.flip(places, 60, mask: 1) { () -> Position? in
      do {
        try rig.open().close()
        return nil
      } catch LedgerError.damaged(let position, _) {
        return position
      }
    }
    check(position, record.position)
    try rig.open().close()
  }

  @Test func aReportSurvivesTheProcessThatWasKilled() {
    let finding = VerificationFinding(position: Position(7), what: "the record is missing")
    let lines: [VerificationLine] = [
      .head(Position(100)), .at(Position(40)), .contents(3), .finding(finding),
      .finding(VerificationFinding(position: nil, what: "the keyring: gone")), .done(.zero),
    ]
    for line in lines { check(VerificationLine(line.text), line) }
    for text in ["", "head", "head x", "finding 7", "finding x y", "done 00", "other 1"] {
      check(VerificationLine(text), nil, text)
    }
    let text = lines.dropLast().map { $0.text + "\n" }.joined()
    let report = VerificationChild.report(from: Array((text + "at 400").utf8), signal: 7)
    check(report.findingCount, 3)
    check(report.firstBad, finding)
    check(report.findings.last?.position, Position(41))
    check(!report.isSound, "a killed verification is not sound")
    check(
      VerificationChild.report(from: Array("done \(Digest.zero)\n".utf8), signal: nil).isSound,
      "one that is through is")
  }

  @Test func theScrubFindsDamageInARunningServer() async throws {
    let records = try await make(40)
    let journal = try rig.open()
    let tampering = try Tampering(rig)
    let places = tampering.places(of: records[20].bytes)
    try tampering.flip(places, 50, mask: 2) {
      let scrub = Scrub(journal)
      let first = scrub.watch.wait { $0.report.firstBad }
      check(first.position, records[20].position)
      check(scrub.progress.firstBad, first)
      scrub.stop()
    }
    journal.close()
  }

  private func metaValues() throws -> [(String, [UInt8])] {
    let journal = try rig.open()
    defer { journal.close() }
    let epoch = journal.epochs.live
    let table = epoch.environment.table("meta")
    return try epoch.environment.read { transaction in
      var values: [(String, [UInt8])] = []
      for key in MetaTable.Key.allCases {
        if let value = try transaction.value(table, key.bytes) {
          values.append((key.rawValue, key.bytes + value))
        }
      }
      return values
    }
  }

  private func tiles() throws -> [(TileKey, [UInt8])] {
    let journal = try rig.open()
    defer { journal.close() }
    let epoch = journal.epochs.live
    return try epoch.environment.read { transaction in
      var tiles: [(TileKey, [UInt8])] = []
      try transaction.scan(epoch.tiles, prefix: []) { key, value in
        let bytes = key.withUnsafeBytes { Array($0) }
        if let key = TileKey(bytes: bytes) {
          tiles.append((key, value.withUnsafeBytes { Array($0) }))
        }
        return true
      }
      return tiles
    }
  }
}

extension Tampering {
  /// Runs `body` while other bytes of the same number stand in each place.
  func replace<R>(
    _ places: [Int], _ old: [UInt8], with new: [UInt8], _ body: () throws -> R
  ) throws -> R {
    let file = try Descriptor.open(path, [.read, .write])
    for place in places { try file.pwrite(new, at: UInt64(place)) }
    let result = try body()
    for place in places { try file.pwrite(old, at: UInt64(place)) }
    return result
  }
}
