import Events
import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct KeyringExportTests {
  static let passphrase = Array("correct horse battery staple".utf8)

  private func rig() throws -> KeyringRig {
    var rig = KeyringRig(SimulatedDisk())
    try rig.create()
    try rig.add([(.user, 32), (.domain, 32), (.secret, 700), (.hold, 32), (.secret, 3)])
    try rig.destroy([Slot(2)])
    try rig.keyring?.rotate()
    return rig
  }

  private func export(_ rig: KeyringRig) throws -> [UInt8] {
    try #require(rig.keyring).export(passphrase: Self.passphrase, iterations: 10)
  }

  @Test func `A restored keyring holds what the exported one held, one generation later`() throws {
    let rig = try rig()
    let age = try #require(rig.keyring).age
    let sealed = try export(rig)
    check(try Keyring.age(ofExport: sealed).age, age)
    let disk = SimulatedDisk()
    let restored = try Keyring.restore(
      sealed, passphrase: Self.passphrase, in: KeyringRig.directory, log: KeyringRig.log,
      needed: age, disk: disk)
    check(restored.age.generation, age.generation + 1)
    check(restored.age.covers(age), "as new as before")
    check(restored.age.nextSlot, age.nextSlot)
    check(rig.complaints(disk.afterCrash(.nothing), knowsNeeded: true), [])
  }

  @Test func `A wrong passphrase and every changed byte are refused`() throws {
    let rig = try rig()
    let sealed = try export(rig)
    let restore = { (bytes: [UInt8], passphrase: [UInt8]) in
      try Keyring.restore(
        bytes, passphrase: passphrase, in: KeyringRig.directory, log: KeyringRig.log,
        disk: SimulatedDisk())
    }
    #expect(throws: KeyringError.sealed) { try restore(sealed, Self.passphrase + [1]) }
    for at in stride(from: 0, to: sealed.count, by: 3) where !(16..<20).contains(at) {
      var changed = sealed
      changed[at] ^= 0x10
      check((try? restore(changed, Self.passphrase)) == nil, "byte \(at) changed")
    }
    for count in stride(from: 0, to: sealed.count, by: 37) {
      check((try? restore(Array(sealed[..<count]), Self.passphrase)) == nil, "cut at \(count)")
    }
  }

  @Test func `An export from before a destruction is refused`() throws {
    var rig = try rig()
    let old = try export(rig)
    try rig.destroy([Slot(1)])
    let age = try #require(rig.keyring).age
    let oldAge = try Keyring.age(ofExport: old).age
    #expect(throws: KeyringError.older(oldAge, needed: age)) {
      try Keyring.restore(
        old, passphrase: Self.passphrase, in: KeyringRig.directory, log: KeyringRig.log,
        needed: age, disk: SimulatedDisk())
    }
    #expect(throws: KeyringError.foreign(KeyringRig.log)) {
      try Keyring.restore(
        old, passphrase: Self.passphrase, in: KeyringRig.directory,
        log: LogID(rawValue: .zero), disk: SimulatedDisk())
    }
    #expect(throws: KeyringError.exists(directory: KeyringRig.directory)) {
      try Keyring.restore(
        old, passphrase: Self.passphrase, in: KeyringRig.directory, log: KeyringRig.log,
        disk: rig.disk)
    }
  }

  @Test func `No value lies in the export in clear`() throws {
    let rig = try rig()
    let sealed = try export(rig)
    for (slot, expectation) in rig.expected {
      guard case .value(let value) = expectation, value.count >= 32 else { continue }
      let part = value[..<16]
      check(
        !sealed.indices.contains { sealed[$0...].starts(with: part) }, "slot \(slot) in clear")
    }
  }
}
