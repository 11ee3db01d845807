import Synchronization

/// What is known of one segment file.
final class Segment: Sendable {
  struct State {
    /// Bytes of the bodies that are in the index.
    var live: UInt64 = 0
    /// Where the last body ends.
    var end: UInt64
    /// The bodies, freed ones included; nil where the index file has them.
    var entries: [BodyEntry]?
    /// The index file, or what it would say, lists bodies that were freed.
    var hasFreed = false
    /// There is an index file that must go before anything is appended.
    var isIndexed = false
    /// Something in it is damaged, so that compaction leaves it alone until the next start.
    var isHurt = false
  }

  let number: UInt32
  let path: String
  let state: Mutex<State>

  init(number: UInt32, path: String, state: State) {
    self.number = number
    self.path = path
    self.state = Mutex(state)
  }

  var indexPath: String { String(path.dropLast(4)) + ".idx" }

  /// Nothing is appended to it any more.
  var isSealed: Bool { state.withLock { $0.entries == nil } }

  static func name(_ number: UInt32) -> String { hex(number) + ".seg" }

  private static func hex(_ number: UInt32) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The number in a name made by `name`; nil for other names.
  static func number(of name: String) -> UInt32? {
    guard let number = UInt32(name.dropLast(4), radix: 16), number > 0, Segment.name(number) == name
    else { return nil }
    return number
  }
}

/// The right to append to a segment, and where.
struct SegmentTail {
  let segment: Segment
  let file: any DiskFile
  /// Where the next body begins.
  var end: UInt64
  /// The file's length on the disk.
  var size: UInt64
  /// Up to here the file's blocks were written before, so that a sync finds nothing else to do.
  var written: UInt64

  /// By so much a file grows at least, in bytes.
  private static let leastStep: UInt64 = 4_096

  /// Makes the file long enough, by whole steps, or less where the disk has no room for one; its new
  /// length, not yet synced. An error leaves it as it was.
  func allocate(_ needed: UInt64, _ step: UInt64) throws -> UInt64 {
    let size = (needed + step - 1) / step * step
    do {
      try file.allocate(size)
      return size
    } catch {
      guard isFull(error), step > Self.leastStep else { throw error }
      return try allocate(needed, max(step / 16, Self.leastStep))
    }
  }

  /// An error after which nobody knows what is on the disk.
  struct Unsynced: Error {
    let error: any Error
  }
}
