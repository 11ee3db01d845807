import Events
import Platform
import Store
import TestKit
import Testing

@testable import Ledger

@Suite struct BackupTests {
  let rig: LedgerRig
  let passphrase = Array("correct horse".utf8)

  init() throws {
    rig = try LedgerRig()
  }

  private var backup: String { rig.scratch.path("backup") }
  private var restored: String { rig.scratch.path("restored") }

  private func restore() throws -> Restore.Report {
    try Directory.removeTree(restored)
    return try Restore(from: backup, to: restored, surroundings: rig.surroundings())
      .run(passphrase: passphrase)
  }

  /// A message with a body, sealed for the server's slot.
  private func accept(_ journal: Journal) -> (Tell<Int>, SealedBody) {
    let key = rig.entropy.key()
    let plain = [UInt8]("Subject: x\r\n\r\nbody\r\n".utf8)
    let body = ContentSealer.seal(plain, dataKey: key, entropy: rig.entropy)
    let slot = journal.serverSlot
    let message = MessageID(rawValue: rig.entropy.id())
    let decision = Tell<Int> { _, _ in
      let event = MessageAppended(
        size: UInt64(plain.count), sha256: body.sha256, mailbox: nil, message: message,
        envelope: nil, structure: nil)
      return Outcome(
        drafts: [
          Draft(
            .messageAppended(event), seal: .message(key, holders: [slot]), contents: [body.id])
        ], keptContents: [body.id], answer: 0)
    }
    return (decision, body)
  }

  @Test func aBackupOfARunningServerIsRestoredAndProved() async throws {
    let journal = try rig.create(events: 12)
    let scribe = try await rig.start(journal, TallyState())
    for user in 0..<20 { _ = await verdict(scribe, signIn(UInt64(user))) }
    let (decision, body) = accept(journal)
    _ = try await verdict(scribe, decision, bodies: [body]).get()
    _ = try await scribe.sign()
    let head = try journal.reader.head
    async let more: Void = {
      for user in 100..<140 { _ = await verdict(scribe, signIn(UInt64(user))) }
    }()
    let report = try Backup(of: journal, to: backup).run(passphrase: passphrase)
    await more
    check(report.manifest.head >= head, "\(report.manifest.head)")
    let proof = try restore()
    check(proof.verification.root, report.manifest.root)
    check(proof.verification.contents, 1)
    let again = try Journal(open: restored, mode: .writer, surroundings: rig.surroundings())
    let known = try rig.events(journal).prefix(Int(report.manifest.head.rawValue))
    check(try rig.events(again), Array(known))
    check(again.keyring.key(again.serverSlot) != nil, "the keyring is there")
    let next = try await rig.start(again, TallyState())
    _ = try await verdict(next, signIn(500)).get()
    await next.stop()
    again.close()
    await scribe.stop()
    journal.close()
  }

  @Test func whatHasNotChangedIsNotCopiedAgain() async throws {
    let journal = try rig.create(events: 12)
    let scribe = try await rig.start(journal, TallyState())
    for user in 0..<40 { _ = await verdict(scribe, signIn(UInt64(user))) }
    _ = try await scribe.sign()
    let first = try Backup(of: journal, to: backup).run(passphrase: passphrase)
    check(first.skipped, 0)
    _ = await verdict(scribe, signIn(90))
    let second = try Backup(of: journal, to: backup).run(passphrase: passphrase)
    let full = journal.epochs.all.count - 1
    check(full >= 3 && second.skipped >= full, "\(full) full epochs, \(second.skipped) skipped")
    check(second.manifest.head > first.manifest.head, "it goes on")
    _ = try restore()
    await scribe.stop()
    journal.close()
  }

  @Test func aChangedBackupAndAnOlderKeyringAreRefused() async throws {
    let journal = try rig.create()
    let scribe = try await rig.start(journal, TallyState())
    for user in 0..<5 { _ = await verdict(scribe, signIn(UInt64(user))) }
    _ = try await scribe.sign()
    _ = try Backup(of: journal, to: backup).run(passphrase: passphrase)
    let old = rig.scratch.path("old-keyring")
    try FileCopy.copy("\(backup)/\(Backup.keyringName)", to: old)
    let slot = Tell<Int> { _, moment in
      Outcome(
        drafts: [signedIn(UserID(rawValue: ID(high: 2, low: 2)))],
        slots: [NewSlot(slot: moment.nextSlot, kind: .user, subject: .zero, key: Key.test)],
        answer: 0)
    }
    _ = try await verdict(scribe, slot).get()
    _ = try await scribe.sign()
    await scribe.stop()
    _ = try Backup(of: journal, to: backup).run(passphrase: passphrase)
    _ = try restore()
    let new = rig.scratch.path("new-keyring")
    try FileCopy.copy("\(backup)/\(Backup.keyringName)", to: new)
    try FileCopy.copy(old, to: "\(backup)/\(Backup.keyringName)")
    #expect(throws: KeyringError.self) { try restore() }
    check(Directory.exists(DataDirectory(restored).creating), "it does not count")
    #expect(throws: LedgerError.absent(path: restored)) {
      try Journal(open: restored, mode: .reader)
    }
    try FileCopy.copy(new, to: "\(backup)/\(Backup.keyringName)")
    let data = "\(backup)/journal/0000/data.mdb"
    let bytes = try Descriptor.open(data, [.read]).readAll()
    try Descriptor.open(data, [.write]).pwrite([bytes[9_000] ^ 1], at: 9_000)
    #expect(throws: BackupError.changed(path: data)) { try restore() }
    journal.close()
  }

  @Test func aDirectoryWithSomethingElseIsLeftAlone() throws {
    let journal = try rig.create()
    try Directory.create(backup)
    try FileCopy.copy(DataDirectory(rig.data).lock, to: "\(backup)/letters")
    #expect(throws: BackupError.foreign(path: backup)) {
      try Backup(of: journal, to: backup).run(passphrase: passphrase)
    }
    journal.close()
  }

  @Test func aManifestIsReadAsItWasWritten() throws {
    let file = BackupManifest.File(
      path: "content/a b", size: 7, digest: SHA256.digest([1]),
      modified: Timestamp(microseconds: 5))
    let manifest = BackupManifest(
      log: LogID(rawValue: ID(high: 1, low: 2)), made: Timestamp(seconds: 9), head: Position(3),
      root: SHA256.digest([2]), files: [file])
    check(try BackupManifest(text: manifest.text), manifest)
    for bad in ["content/../../etc/passwd", "/etc/passwd", "a//b"] {
      let text = manifest.text.replacing("content/a b", with: bad)
      #expect(throws: BackupError.self) { try BackupManifest(text: text) }
    }
  }
}
