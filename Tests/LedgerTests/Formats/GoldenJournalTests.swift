import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

/// A whole small journal: records of every seal, a full tile, `meta` and signed checkpoints.
///
/// Ids and nonces in it are what entropy gave when it was made. Everything else is made again from
/// what is read, and must be the same bytes.
@Suite struct GoldenJournalTests {
  private static let files = [
    "journal/0000/data.mdb", "checkpoints/2023-11-14.notes", "keyring/epoch-0001.a",
    "keyring/keyring-0001.a",
  ]
  private static let folder = "Formats/data"
  let rig: LedgerRig

  init() throws {
    rig = try LedgerRig(seed: 12)
  }

  /// Makes the data directory that is recorded, and gives one of its files.
  private func record(_ file: String) async throws -> [UInt8] {
    let rig = try LedgerRig(seed: 12)
    let journal = try rig.create()
    let scribe = try await rig.start(journal, TallyState())
    _ = try await verdict(scribe, firstActs(journal.serverSlot, rig.entropy)).get()
    let user = Slot(journal.serverSlot.rawValue + 1)
    let destroying = Tell<Int> { _, _ in
      Outcome(
        drafts: [signedIn(UserID(rawValue: ID(high: 9, low: 2)))], destroyed: [user], answer: 0)
    }
    _ = try await verdict(scribe, destroying).get()
    await scribe.stop()
    journal.close()
    let octets = try RepositoryFiles.read("\(rig.data)/\(file)")
    guard file.hasPrefix("keyring/keyring") else { return octets }
    return Array(octets.prefix(4_096 + 256 * 3))
  }

  /// 260 events: sign-ins, every fifth sealed for the server or the user, and a message.
  private func firstActs(_ server: Slot, _ entropy: SeededEntropy) -> Tell<Int> {
    let (key, dataKey) = (entropy.key(), entropy.key())
    return Tell { _, moment in
      let user = NewSlot(
        slot: moment.nextSlot, kind: .user, subject: ID(high: 9, low: 1), key: key)
      var drafts = (0..<259).map { number in
        var draft = signedIn(
          UserID(rawValue: ID(high: 9, low: UInt64(number))),
          client: number % 5 == 0 ? "192.0.2.\(number % 256)" : nil)
        if number % 5 == 0 { draft.seal = .slot(number % 2 == 0 ? server : user.slot) }
        return draft
      }
      drafts.append(
        Draft(
          .messageAppended(
            MessageAppended(
              size: 5, sha256: SHA256.digest(Array("sealed".utf8)), mailbox: nil,
              message: MessageID(rawValue: ID(high: 8, low: 8)), envelope: nil, structure: nil)),
          seal: .message(dataKey, holders: [server, user.slot]),
          contents: [ContentID(rawValue: ID(high: 7, low: 7))]))
      return Outcome(drafts: drafts, slots: [user], answer: 0)
    }
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
    try Directory.create(DataDirectory(rig.data).content)
    return rig.data
  }

  @Test func `Each golden record is coded and sealed to the same bytes`() async throws {
    let journal = try Journal(
      open: try await unpack(), mode: .reader, surroundings: rig.surroundings())
    defer { journal.close() }
    let records = try journal.reader.records(after: .zero)
    check(records.count, 264)
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
    check(sealed, 26, "records sealed under keys that are there")
    check(erased, 26, "records sealed under a key that was destroyed")
  }

  @Test func `Leaves, tile, meta and checkpoints follow from the records`() async throws {
    let journal = try Journal(
      open: try await unpack(), mode: .reader, surroundings: rig.surroundings())
    defer { journal.close() }
    var (tree, tiles) = (MerkleTree(), [Tile]())
    for record in try journal.reader.records(after: .zero) {
      tree.append(MerkleTree.leafHash(record.bytes)) { tiles.append($0) }
    }
    check(tiles.map(\.key), [TileKey(level: 0, index: 0)])
    for tile in tiles { check(try journal.reader.tile(tile.key), tile) }
    let signer = try journal.noteSigner()
    let note = try signer.sign(
      Checkpoint(origin: journal.origin, size: tree.size, root: tree.root))
    let epoch = journal.epochs.live
    let stored = try epoch.environment.read { transaction in
      let table = epoch.environment.table("meta")
      return try MetaTable.Key.allCases.map { try transaction.value(table, $0.bytes) }
    }
    let values: [[UInt8]?] = [
      bigEndian(1), journal.log.rawValue.bytes, bigEndian(0), bigEndian(1), bigEndian(0),
      tree.frontier.bytes, Array(note.description.utf8), nil,
      bigEndian(1) + bigEndian(4) + bigEndian(1),
    ]
    for (index, key) in MetaTable.Key.allCases.enumerated() {
      let wanted = values[index].map { value in
        value + bigEndian(UInt64(CRC32C.of(key.bytes + value))).suffix(4)
      }
      check(stored[index], wanted, key.rawValue)
    }
    let notes = try RepositoryFiles.read("\(rig.data)/\(Self.files[1])")
    check(String(decoding: notes, as: UTF8.self).hasSuffix("\n\n\(note)\n"), "the file of notes")
  }

  @Test func `The golden journal verifies, and goes on`() async throws {
    let data = try await unpack()
    let journal = try Journal(open: data, mode: .writer, surroundings: rig.surroundings())
    let scribe = try await rig.start(journal, TallyState())
    _ = try await verdict(scribe, signIn(1_000)).get()
    await scribe.stop()
    journal.close()
    let report = Verifier(data: data).report()
    // The message's body was never there: nothing else may be found.
    check(report.findings.map(\.position), [Position(262)], "\(report.findings)")
  }
}
