import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

/// A whole small journal of three epochs: records of every seal, full tiles, `meta`, signed
/// checkpoints, a body.
///
/// Ids and nonces in it are what entropy gave when it was made. Everything else is made again from
/// what is read, and must be the same bytes.
@Suite struct GoldenJournalTests {
  private static let files = [
    "journal/0000/data.mdb", "journal/0001/data.mdb", "journal/0002/data.mdb",
    "checkpoints/2023-11-14.notes", "keyring/epoch-0001.a", "keyring/keyring-0001.a",
    "content/0000000000000001.seg", "content/0000000000000001.idx",
  ]
  private static let folder = "Formats/data"
  private static let epochEvents: UInt64 = 300
  private static let records = 796
  let rig: LedgerRig

  init() throws {
    rig = try LedgerRig(seed: 12)
  }

  /// Makes the data directory that is recorded, and gives one of its files, without the zeros at the
  /// end of those that grow ahead.
  private func record(_ file: String) async throws -> [UInt8] {
    let rig = try LedgerRig(seed: 12)
    let journal = try rig.create(events: Self.epochEvents)
    let scribe = try await rig.start(journal, TallyState())
    let (key, dataKey) = (rig.entropy.key(), rig.entropy.key())
    let body = ContentSealer.seal(
      Array("Subject: golden\r\n\r\nA body\r\n".utf8), dataKey: dataKey, entropy: rig.entropy)
    let server = journal.serverSlot
    let user = Slot(server.rawValue + 1)
    let message = Tell<Int> { _, _ in
      Outcome(
        drafts: signIns(0..<299, [server, user]) + [appended(body, dataKey, [server, user])],
        slots: [NewSlot(slot: user, kind: .user, subject: ID(high: 9, low: 1), key: key)],
        keptContents: [body.id], answer: 0)
    }
    _ = try await verdict(scribe, message, bodies: [body]).get()
    _ = try await scribe.sign()
    for range in [300..<600, 600..<790] {
      let more = Tell<Int> { _, _ in Outcome(drafts: signIns(range, [server, user]), answer: 0) }
      _ = try await verdict(scribe, more).get()
      _ = try await scribe.sign()
    }
    let destroying = Tell<Int> { _, _ in
      Outcome(
        drafts: [signedIn(UserID(rawValue: ID(high: 9, low: 2)))], destroyed: [user], answer: 0)
    }
    _ = try await verdict(scribe, destroying).get()
    await scribe.stop()
    journal.close()
    let octets = try RepositoryFiles.read("\(rig.data)/\(file)")
    let page = file.hasPrefix("keyring/keyring") ? 256 : file.hasSuffix(".seg") ? 4_096 : 1
    let used = page == 1 ? octets.count : (octets.lastIndex { $0 != 0 } ?? 0) + 1
    return Array(octets.prefix((used + page - 1) / page * page))
  }

  /// Sign-ins, every fifth sealed, by turns for the slots.
  private func signIns(_ numbers: Range<Int>, _ slots: [Slot]) -> [Draft] {
    numbers.map { number in
      var draft = signedIn(
        UserID(rawValue: ID(high: 9, low: UInt64(number))),
        client: number % 5 == 0 ? "192.0.2.\(number % 256)" : nil)
      if number % 5 == 0 { draft.seal = .slot(slots[number % 2]) }
      return draft
    }
  }

  private func appended(_ body: SealedBody, _ dataKey: Key, _ holders: [Slot]) -> Draft {
    Draft(
      .messageAppended(
        MessageAppended(
          size: body.plainLength, sha256: body.sha256, mailbox: nil,
          message: MessageID(rawValue: ID(high: 8, low: 8)), envelope: nil, structure: nil)),
      seal: .message(dataKey, holders: holders), contents: [body.id])
  }

  /// The golden data directory, copied to where it can be opened.
  private func unpack() async throws -> String {
    for file in Self.files {
      let made = GoldenFiles.isRecording ? try await record(file) : []
      let octets = try GoldenFiles.read("\(Self.folder)/\(file)") { made }
      let path = "\(rig.data)/\(file)"
      try Directory.create(try #require(Directory.parent(of: path)), parents: true)
      try RepositoryFiles.write(path, octets)
      guard file.hasPrefix("keyring/") else { continue }
      try RepositoryFiles.write(path.dropLast() + "b", octets)
    }
    return rig.data
  }

  @Test func `Each golden record is coded and sealed to the same bytes`() async throws {
    let journal = try Journal(
      open: try await unpack(), mode: .reader, surroundings: rig.surroundings())
    defer { journal.close() }
    let records = try journal.epochs.all.flatMap { epoch in
      try journal.reader.records(after: Position(epoch.first.rawValue - 1))
    }
    check(records.count, Self.records)
    let decoder = journal.reader.decoder()
    var (sealed, erased) = (0, 0)
    for record in records {
      let view = try RecordView(record.bytes.span)
      let recorded = try decoder.decode(record)
      guard let parts = Sealing.parts(of: view.sealed) else {
        check(try RecordParts(recorded.header, recorded.event).record(), record.bytes)
        continue
      }
      let slot = recorded.header.slot ?? recorded.header.wraps.first?.slot
      guard let slot, let key = journal.keyring.key(slot) else {
        erased += 1
        continue
      }
      sealed += 1
      let source = try recorded.header.wraps.first.map {
        try #require(journal.keyring.unwrap($0))
      }
      let cipher = Cipher(HKDF.expand(source ?? key, info: Sealing.eventLabel))
      let again = try RecordParts(recorded.header, recorded.event).record(
        nonce: Array(record.bytes[parts.nonce])
      ) { plain, nonce, aad in
        cipher.seal([UInt8](copying: plain), nonce: nonce, aad: [UInt8](copying: aad))
      }
      check(again, record.bytes, "position \(record.position)")
    }
    check(sealed, 79, "records sealed under keys that are there")
    check(erased, 79, "records sealed under a key that was destroyed")
  }

  @Test func `Leaves, tiles, meta and checkpoints follow from the records`() async throws {
    let journal = try Journal(
      open: try await unpack(), mode: .reader, surroundings: rig.surroundings())
    defer { journal.close() }
    let records = try journal.epochs.all.flatMap { epoch in
      try journal.reader.records(after: Position(epoch.first.rawValue - 1))
    }
    var (tree, tiles, roots) = (MerkleTree(), [Tile](), [Digest]())
    var frontiers = [tree.frontier]
    for record in records {
      tree.append(MerkleTree.leafHash(record.bytes)) { tiles.append($0) }
      frontiers.append(tree.frontier)
      roots.append(tree.root)
    }
    check(tiles.map(\.key), (0..<3).map { TileKey(level: 0, index: $0) })
    for tile in tiles { check(try journal.reader.tile(tile.key), tile) }
    let signer = try journal.noteSigner()
    let signed = try [1, 303, 604, 794, Self.records].map { size in
      try signer.sign(
        Checkpoint(origin: journal.origin, size: UInt64(size), root: roots[size - 1])
      ).description
    }
    let notes = try RepositoryFiles.read("\(rig.data)/checkpoints/2023-11-14.notes")
    check(String(decoding: notes, as: UTF8.self), signed.map { $0 + "\n" }.joined())
    let ends = [0, 302, 603, Self.records]
    for (number, epoch) in journal.epochs.all.enumerated() {
      let stored = try epoch.environment.read { transaction in
        let table = epoch.environment.table("meta")
        return try MetaTable.Key.allCases.map { try transaction.value(table, $0.bytes) }
      }
      let note = signed[[0, 1, 4][number]]
      let values: [[UInt8]?] = [
        bigEndian(1), journal.log.rawValue.bytes, bigEndian(UInt64(number)),
        bigEndian(UInt64(ends[number] + 1)), frontiers[ends[number]].bytes,
        frontiers[ends[number + 1]].bytes, Array(note.utf8), nil,
        bigEndian(1) + bigEndian(4) + bigEndian(number == 2 ? 1 : 0),
      ]
      for (index, key) in MetaTable.Key.allCases.enumerated() {
        let wanted = values[index].map { value in
          value + bigEndian(UInt64(CRC32C.of(key.bytes + value))).suffix(4)
        }
        check(stored[index], wanted, "\(key.rawValue) of epoch \(number)")
      }
    }
  }

  @Test func `The golden journal verifies, and goes on`() async throws {
    let data = try await unpack()
    let journal = try Journal(
      open: data, mode: .writer, surroundings: rig.surroundings(events: Self.epochEvents))
    let scribe = try await rig.start(journal, TallyState())
    _ = try await verdict(scribe, signIn(1_000)).get()
    await scribe.stop()
    journal.close()
    let report = Verifier(data: data).report()
    check(report.isSound, "\(report.findings)")
    check(report.contents, 1)
  }
}
