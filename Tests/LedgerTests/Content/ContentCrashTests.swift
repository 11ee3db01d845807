import Platform
import TestKit
import Testing

@testable import Ledger

/// The disk stops at every operation in turn, and forgets or tears what was not synced.
@Suite struct ContentCrashTests {
  static let remains: [SimulatedDisk.Remains] = [
    .nothing, .everything, .some(seed: 1), .some(seed: 2), .some(seed: 3),
  ]

  static func operations() throws -> Int {
    var rig = ContentRig(SimulatedDisk())
    try rig.scenario()
    return rig.disk.operations
  }

  @Test func `What was acknowledged survives a crash at every operation`() throws {
    let count = try Self.operations()
    check(count > 80, "the scenario has \(count) operations")
    for at in 1...count + 1 {
      var rig = ContentRig(SimulatedDisk(fault: .init(at: at, kind: .crash)))
      _ = Result { try rig.scenario() }
      for (index, remains) in Self.remains.enumerated() {
        let left = rig.disk.afterCrash(remains)
        let wrong = rig.complaints(left, uses: index == at % 5)
        check(wrong, [], "crash at \(at), remains \(remains)")
      }
    }
  }

  @Test func `A crash while a crash is put right is put right too`() throws {
    for at in stride(from: 1, through: try Self.operations(), by: 4) {
      var rig = ContentRig(SimulatedDisk(fault: .init(at: at, kind: .crash)))
      _ = Result { try rig.scenario() }
      for second in [1, 2, 4, 7] {
        let left = rig.disk.afterCrash(
          .some(seed: UInt64(at)), fault: .init(at: second, kind: .crash))
        _ = rig.complaints(left)
        let wrong = rig.complaints(
          left.afterCrash(.some(seed: UInt64(at + second))), uses: false)
        check(wrong, [], "crash at \(at), then at \(second)")
      }
    }
  }

  /// Without syncs acknowledged bodies must get lost here, or these tests prove nothing.
  @Test func `A disk that does not sync is caught`() throws {
    var losses = 0
    for at in stride(from: 10, through: try Self.operations(), by: 7) {
      let disk = SimulatedDisk(fault: .init(at: at, kind: .crash), ignoresSyncs: true)
      var rig = ContentRig(disk)
      _ = Result { try rig.scenario() }
      if !rig.complaints(rig.disk.afterCrash(.nothing), uses: false).isEmpty { losses += 1 }
    }
    check(losses > 5, "only \(losses) losses without syncs")
  }

  @Test(arguments: [Int32(5), 28])
  func `An error of any operation loses nothing`(code: Int32) throws {
    for at in 1...(try Self.operations()) {
      var rig = ContentRig(SimulatedDisk(fault: .init(at: at, kind: .error(code))))
      let ran = Result { try rig.scenario() }
      if case .failure = ran, let store = rig.store, code == 28 {
        check(try rig.unread(store), [], "error \(code) at \(at), before the end")
      }
      for remains in Self.remains.dropFirst(at % 3) {
        let wrong = rig.complaints(rig.disk.afterCrash(remains), uses: false)
        check(wrong, [], "error \(code) at \(at), remains \(remains)")
      }
    }
  }

  @Test func `After a failed sync nothing is stored any more, and what is there is read`() throws {
    var broken = 0
    for at in 1...(try Self.operations()) {
      var rig = ContentRig(SimulatedDisk(fault: .init(at: at, kind: .error(5))))
      guard case .failure = Result(catching: { try rig.scenario() }), let store = rig.store
      else { continue }
      check(try rig.unread(store), [], "error at \(at)")
      if case .failure(ContentError.broken) = Result(catching: { try rig.append([10]) }) {
        broken += 1
        let received = Result {
          try store.receive(dataKey: rig.entropy.key(), entropy: rig.entropy)
        }
        if case .success = received { check(false, "it receives although it is broken") }
      }
    }
    check(broken > 10, "only \(broken) failures broke it")
  }
}
