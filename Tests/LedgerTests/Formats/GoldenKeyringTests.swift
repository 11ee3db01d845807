import Events
import Platform
import TestKit
import Testing

@testable import Ledger

/// The files of a keyring, its export and the manifest of a backup: frozen bytes.
@Suite struct GoldenKeyringTests {
  static let directory = "/data/keyring"
  static let log = GoldenContentTests.log
  static let passphrase = Array("correct horse battery staple".utf8)

  /// Kind, bytes and whether it is destroyed, in the order of the slots.
  static let contents: [(kind: SlotKind, bytes: Int, isDestroyed: Bool)] = [
    (.logSigningKey, 32, false), (.domain, 32, false), (.user, 32, false),
    (.archiveMonth, 32, false), (.hold, 32, false), (.secret, 300, false), (.user, 32, true),
    (.secret, 400, true), (.secret, 1, false),
  ]

  /// Octet i of the value in slot s is i + 16 s; the subject is (9, s), the detail of a month 24,286.
  private static let slots: [NewSlot] = {
    var next = Slot(1)
    return contents.map { content in
      let number = next.rawValue
      let slot = NewSlot(
        slot: next, kind: content.kind, subject: ID(high: 9, low: number),
        detail: content.kind == .archiveMonth ? 24_286 : 0,
        value: (0..<content.bytes).map { UInt8(truncatingIfNeeded: $0 + 16 * Int(number)) })
      next = slot.next
      return slot
    }
  }()

  private func made(on disk: SimulatedDisk) throws -> Keyring {
    let keyring = try Keyring.create(
      in: Self.directory, log: Self.log, created: Timestamp(seconds: 1_700_000_000), disk: disk,
      entropy: SeededEntropy(seed: 5))
    try keyring.add(Self.slots)
    let destroyed = zip(Self.slots, Self.contents).filter(\.1.isDestroyed).map(\.0.slot)
    try keyring.destroy(destroyed)
    return keyring
  }

  /// A file without the zeros behind its last cell.
  private func trimmed(_ octets: [UInt8]) -> [UInt8] {
    let used = octets.lastIndex { $0 != 0 } ?? 0
    return Array(octets.prefix(max(512, (used / 256 + 1) * 256)))
  }

  private func complaints(_ keyring: Keyring) throws -> [String] {
    var wrong: [String] = []
    for (slot, content) in zip(Self.slots, Self.contents) {
      let value = try keyring.secret(slot.slot)
      if value != (content.isDestroyed ? nil : slot.value) {
        wrong.append("slot \(slot.slot) holds \(value ?? [])")
      }
      guard content.kind.isKey else { continue }
      if keyring.key(slot.slot)?.secretBytes != value { wrong.append("key \(slot.slot)") }
    }
    return wrong
  }

  @Test(arguments: ["epoch-0001", "keyring-0001"]) func `A keyring is written as ever`(
    file: String
  ) throws {
    let disk = SimulatedDisk()
    _ = try made(on: disk)
    let octets = trimmed(try disk.octets("\(Self.directory)/\(file).a"))
    let golden = try GoldenFiles.read("Formats/keyring/\(file).a") { octets }
    check(octets == golden, "\(file).a has other bytes")
    check(trimmed(try disk.octets("\(Self.directory)/\(file).b")) == golden, "\(file).b")
  }

  @Test func `The golden keyring is read`() throws {
    let disk = SimulatedDisk()
    for file in ["epoch-0001", "keyring-0001"] {
      let golden = try GoldenFiles.read("Formats/keyring/\(file).a") { [] }
      for copy in ["a", "b"] { try disk.put(golden, at: "\(Self.directory)/\(file).\(copy)") }
    }
    let keyring = try Keyring.open(
      Self.directory, log: Self.log, options: KeyringOptions(isWritable: false), disk: disk)
    check(keyring.findings, [])
    check(try complaints(keyring), [])
    check(keyring.age, KeyringAge(generation: 1, nextSlot: Slot(13), destroyed: 4))
  }

  @Test func `An export is written as ever, and the golden one is restored`() throws {
    let sealed = try made(on: SimulatedDisk()).export(
      passphrase: Self.passphrase, iterations: 1_000)
    let golden = try GoldenFiles.read("Formats/keyring.sealed") { sealed }
    check(sealed == golden, "the export has other bytes")
    let keyring = try Keyring.restore(
      golden, passphrase: Self.passphrase, in: Self.directory, log: Self.log,
      disk: SimulatedDisk())
    check(try complaints(keyring), [])
    check(keyring.age, KeyringAge(generation: 2, nextSlot: Slot(13), destroyed: 4))
  }

  @Test func `A manifest is written as ever, and the golden one is read`() throws {
    let manifest = BackupManifest(
      log: Self.log, made: Timestamp(microseconds: 1_700_000_000_123_456), head: Position(1_234),
      root: SHA256.digest(Array("root".utf8)),
      files: [
        BackupManifest.File(
          path: "content/0000000000000001.seg", size: 16_777_216,
          digest: SHA256.digest(Array("segment".utf8)),
          modified: Timestamp(microseconds: 1_699_999_999_000_001)),
        BackupManifest.File(
          path: "journal/0000/data.mdb", size: 12_288,
          digest: SHA256.digest(Array("epoch".utf8)), modified: .zero),
      ])
    let golden = try GoldenFiles.read("Formats/manifest") { Array(manifest.text.utf8) }
    check(manifest.text, String(decoding: golden, as: UTF8.self))
    check(try BackupManifest(text: String(decoding: golden, as: UTF8.self)), manifest)
  }
}
