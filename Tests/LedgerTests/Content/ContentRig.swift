import Events
import Platform
import TestKit

@testable import Ledger

/// A content store on some disk, what was acknowledged about it, and what is under way.
struct ContentRig {
  static let directory = "/data/content"
  static let log = LogID(rawValue: ID(high: 9, low: 9))

  struct Body {
    let key: Key
    let plain: [UInt8]
    let sha256: Digest
  }

  let disk: SimulatedDisk
  let entropy: SeededEntropy
  var store: ContentStore?
  /// Stored, and named by an event.
  var held: [ContentID: Body] = [:]
  /// Freed: may be there or not, but is nobody's.
  var freed: Set<ContentID> = []
  /// Erased for good.
  var erased: Set<ContentID> = []

  static var limits: ContentLimits {
    var limits = ContentLimits()
    limits.segmentBytes = 40_000
    limits.stepBytes = 16_384
    limits.aheadBytes = 4_096
    limits.smallBatchBytes = 4_000
    return limits
  }

  init(_ disk: SimulatedDisk, seed: UInt64 = 21) {
    self.disk = disk
    entropy = SeededEntropy(seed: seed)
  }

  mutating func open(_ other: SimulatedDisk? = nil) throws {
    store = try ContentStore(
      Self.directory, log: Self.log, isWriter: true, limits: Self.limits, disk: other ?? disk,
      clock: ManualClock())
  }

  @discardableResult
  mutating func append(_ counts: [Int]) throws -> [ContentID] {
    var bodies: [(SealedBody, Body)] = []
    for count in counts {
      let key = entropy.key()
      let plain = entropy.bytes(count)
      let sealed = ContentSealer.seal(plain, dataKey: key, entropy: entropy)
      bodies.append((sealed, Body(key: key, plain: plain, sha256: sealed.sha256)))
    }
    try store?.append(bodies.map(\.0))
    for (sealed, body) in bodies { held[sealed.id] = body }
    return bodies.map(\.0.id)
  }

  @discardableResult
  mutating func receive(_ count: Int) throws -> ContentID? {
    let key = entropy.key()
    let plain = entropy.bytes(count)
    guard let large = try store?.receive(dataKey: key, entropy: entropy) else { return nil }
    for start in stride(from: 0, to: count, by: 30_000) {
      try large.append(Array(plain[start..<min(start + 30_000, count)]))
    }
    let stored = try large.finish()
    held[stored.id] = Body(key: key, plain: plain, sha256: stored.sha256)
    return stored.id
  }

  mutating func free(_ ids: [ContentID]) throws {
    for id in ids { if held.removeValue(forKey: id) != nil { freed.insert(id) } }
    try store?.free(ids)
  }

  mutating func erase(_ ids: [ContentID]) throws {
    for id in ids { if held.removeValue(forKey: id) != nil { freed.insert(id) } }
    try store?.erase(ids)
    erased.formUnion(ids)
  }

  /// What a server does again and again: frees what State says, and compacts.
  @discardableResult
  func compact(_ deadShare: Double = 0.3) throws -> CompactionReport? {
    try store?.free(Array(freed))
    var wanted = CompactionLimits()
    wanted.deadShare = deadShare
    wanted.openDeadBytes = 0
    return try store?.compact(wanted) { $0.filter { held[$0] != nil } }
  }

  /// Everything a store does, once.
  mutating func scenario() throws {
    try open()
    let first = try append([1_000, 3_000, 0, 12_000])
    let large = try receive(70_000)
    try append([200])
    if let abandoned = try store?.receive(dataKey: entropy.key(), entropy: entropy) {
      try abandoned.append(entropy.bytes(66_000))
      abandoned.abandon()
    }
    let second = try append([9_000, 9_000, 9_000])
    try free([first[0], first[3], second[1]])
    try erase([first[1]])
    try append([15_000, 700])
    try compact()
    try append([300])
    store?.close()
    try open()
    try append([5_000, 30_000])
    if let large { try free([large]) }
    try compact()
    try receive(10)
    try append([42])
    store?.close()
  }

  /// Opens what a crash left, and checks every promise. Returns what is wrong.
  func complaints(_ disk: SimulatedDisk, uses: Bool = true) -> [String] {
    var wrong: [String] = []
    do {
      var again = self
      try again.open(disk)
      guard let store = again.store else { return ["no store"] }
      wrong += try unread(store)
      for id in erased where !isAbsent(id, store) { wrong.append("\(id) came back") }
      guard uses else { return wrong }
      try again.append([2_000, 20_000])
      try again.receive(3_000)
      try again.compact()
      store.close()
      let crashed = disk.afterCrash(.nothing)
      try again.open(crashed)
      if let store = again.store { wrong += try again.unread(store).map { "again: " + $0 } }
    } catch {
      wrong.append("\(error)")
    }
    return wrong
  }

  /// The held bodies that cannot be read, or fail their check.
  func unread(_ store: ContentStore) throws -> [String] {
    var wrong: [String] = []
    for (id, body) in held {
      let count = UInt64(body.plain.count)
      let plain = Result { try store.read(id, dataKey: body.key, 0..<count) }
      if case .failure(let error) = plain {
        wrong.append("\(count) bytes: \(error)")
      } else if try plain.get() != body.plain {
        wrong.append("\(count) bytes are others")
      }
      let damage = try? store.check(id, (sha256: body.sha256, plainLength: count)).damage
      if let damage { wrong.append("\(damage)") }
    }
    return wrong
  }

  private func isAbsent(_ id: ContentID, _ store: ContentStore) -> Bool {
    let read = Result { try store.read(id, dataKey: entropy.key(), 0..<10) }
    if case .failure(ContentError.absent) = read { return true }
    return false
  }
}
