import Events
import Platform
import Synchronization
import TestKit
import Testing

@testable import Ledger

/// The disk stops at every operation in turn, and forgets or tears what was not synced.
@Suite struct KeyringCrashTests {
  static let remains: [SimulatedDisk.Remains] = [
    .nothing, .everything, .some(seed: 1), .some(seed: 2), .some(seed: 3),
  ]

  static func operations() throws -> Int {
    var rig = KeyringRig(SimulatedDisk())
    try rig.scenario()
    return rig.disk.operations
  }

  @Test func `What was acknowledged survives a crash at every operation`() throws {
    let count = try Self.operations()
    check(count > 60, "the scenario has \(count) operations")
    for at in 1...count + 1 {
      var rig = KeyringRig(SimulatedDisk(fault: .init(at: at, kind: .crash)))
      _ = Result { try rig.scenario() }
      for (index, remains) in Self.remains.enumerated() {
        let left = rig.disk.afterCrash(remains)
        let wrong = rig.complaints(
          left, knowsNeeded: index.isMultiple(of: 2) || at % 2 == 0, uses: index == at % 5)
        check(wrong, [], "crash at \(at), remains \(remains)")
      }
    }
  }

  @Test func `A crash while a crash is put right is put right too`() throws {
    let count = try Self.operations()
    for at in stride(from: 1, through: count, by: 3) {
      var rig = KeyringRig(SimulatedDisk(fault: .init(at: at, kind: .crash)))
      _ = Result { try rig.scenario() }
      for second in [1, 2, 3, 5, 8] {
        let left = rig.disk.afterCrash(
          .some(seed: UInt64(at)), fault: .init(at: second, kind: .crash))
        _ = rig.complaints(left, knowsNeeded: true)
        let wrong = rig.complaints(
          left.afterCrash(.some(seed: UInt64(at + second))), knowsNeeded: true)
        check(wrong, [], "crash at \(at), then at \(second)")
      }
    }
  }

  /// Without syncs acknowledged slots must get lost here, or these tests prove nothing.
  @Test func `A disk that does not sync is caught`() throws {
    let count = try Self.operations()
    var losses = 0
    for at in stride(from: 10, through: count, by: 5) {
      let disk = SimulatedDisk(fault: .init(at: at, kind: .crash), ignoresSyncs: true)
      var rig = KeyringRig(disk)
      _ = Result { try rig.scenario() }
      if !rig.complaints(rig.disk.afterCrash(.nothing), knowsNeeded: true).isEmpty { losses += 1 }
    }
    check(losses > 5, "only \(losses) losses without syncs")
  }

  @Test(arguments: [Int32(5), 28])
  func `An error of any operation loses nothing`(code: Int32) throws {
    let count = try Self.operations()
    for at in 1...count {
      var rig = KeyringRig(SimulatedDisk(fault: .init(at: at, kind: .error(code))))
      guard case .failure = Result(catching: { try rig.scenario() }) else { continue }
      if let keyring = rig.keyring {
        for (slot, expectation) in rig.expected {
          guard case .value(let value) = expectation else { continue }
          check(try keyring.secret(slot) == value, "slot \(slot) after error at \(at)")
        }
      }
      for remains in Self.remains {
        let wrong = rig.complaints(
          rig.disk.afterCrash(remains), knowsNeeded: true, uses: false)
        check(wrong, [], "error \(code) at \(at), remains \(remains)")
      }
    }
  }

  @Test func `After a failed sync nothing is added any more`() throws {
    var broken = 0
    for at in 1...(try Self.operations()) {
      var rig = KeyringRig(SimulatedDisk(fault: .init(at: at, kind: .error(5))))
      guard case .failure = Result(catching: { try rig.scenario() }), let keyring = rig.keyring
      else { continue }
      let slot = NewSlot(
        slot: keyring.nextSlot, kind: .user, subject: .zero, key: rig.entropy.key())
      if case .failure(KeyringError.broken) = Result(catching: { try keyring.add([slot]) }) {
        broken += 1
        let rotated = Result { try keyring.rotate() }
        if case .success = rotated { check(false, "it rotates although it is broken") }
      }
    }
    check(broken > 10, "only \(broken) failures broke it")
  }

  /// The old epoch key must be nowhere on the disk once a rotation is acknowledged.
  @Test func `Rotation leaves no old key behind`() throws {
    var rig = KeyringRig(SimulatedDisk())
    try rig.create()
    try rig.add([(.user, 32), (.user, 32), (.secret, 400)])
    let old = try #require(rig.keyring?.held.withLock { $0.set.key }).secretBytes
    check(rig.disk.holds(old), "the epoch key is on the disk before")
    try rig.destroy([Slot(1)])
    try rig.keyring?.rotate()
    check(!rig.disk.holds(old), "the old epoch key is still on the disk")
    check(!rig.disk.afterCrash(.nothing).holds(old), "the old epoch key comes back")
  }
}

extension SimulatedDisk {
  /// Whether any file, also one that was removed, holds these bytes.
  func holds(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      state.nodes.values.contains { node in
        [node.now, node.durable].contains { content in
          content.indices.contains { content[$0...].starts(with: bytes) }
        }
      }
    }
  }
}
