import Events
import Platform
import Synchronization

/// The bodies of messages, sealed, in append-only segment files. docs/formats.md
///
/// A body is on disk before the event that names it is: the Scribe appends small ones with their
/// batch, large ones are synced by who receives them. Reading gives verified plaintext only.
public final class ContentStore: Sendable {
  /// What is known of the segments, under the lock.
  struct Contents {
    var segments: [UInt32: Segment] = [:]
    var index = LocationIndex()
    /// Segments with room that nobody appends to now, with the end of their last body.
    var idle: [(segment: Segment, end: UInt64)] = []
    var newest: UInt32 = 0
    /// The one the Scribe appends to.
    var active: (segment: Segment, end: UInt64)?
  }

  let directory: String
  let log: LogID
  let disk: any Disk
  let clock: any Clock
  private let isWriter: Bool
  let contents: Mutex<Contents>

  /// Opens the segments and finds every body in them.
  init(
    _ directory: String, log: LogID, isWriter: Bool, disk: any Disk = SystemDisk(),
    clock: any Clock = SystemClock()
  ) throws {
    self.directory = directory
    self.log = log
    self.disk = disk
    self.clock = clock
    self.isWriter = isWriter
    contents = Mutex(Contents())
    for name in try disk.list(directory) {
      guard let number = Segment.number(of: name) else { continue }
      try open(number, name)
    }
  }

  static func create(_ directory: String, disk: any Disk = SystemDisk()) throws {
    try disk.createDirectory(directory)
  }

  private func open(_ number: UInt32, _ name: String) throws {
    let file = try disk.open("\(directory)/\(name)", isWriter ? .write : .read)
    let segment = Segment(number: number, file: file)
    let page = try file.read(SegmentHead.size, at: 0)
    // A crash may leave a segment without its head; nothing in it was ever named by an event.
    let head = SegmentHead(page)
    if let head, head.log != log || head.segment != number {
      throw LedgerError.damaged(position: nil, what: "\(name) belongs to another journal")
    }
    try contents.withLock { contents in
      contents.newest = max(contents.newest, number)
      guard head != nil else { return }
      contents.segments[number] = segment
      let end = try segment.walk { head, offset in
        contents.index.insert(
          head.content, BodyLocation(segment: number, offset: offset))
      }
      if end < Segment.limit { contents.idle.append((segment, end)) }
    }
  }

  /// How many bodies there are, duplicates included.
  public var count: Int { contents.withLock { $0.index.count } }

  /// A segment to append to, with the end of its last body: one with room, or a new one.
  func lease(_ contents: inout Contents) throws -> (segment: Segment, end: UInt64) {
    if let idle = contents.idle.popLast() { return idle }
    let number = contents.newest + 1
    let path = "\(directory)/\(Segment.name(number))"
    let file = try disk.open(path, .create)
    contents.newest = number
    let segment = Segment(number: number, file: file)
    let head = SegmentHead(segment: number, created: clock.now(), log: log)
    try file.write(head.bytes, at: 0)
    try segment.reserve(UInt64(SegmentHead.size) + 1)
    try disk.sync(directory)
    contents.segments[number] = segment
    return (segment, UInt64(SegmentHead.size))
  }

  /// Gives a leased segment back.
  func release(_ segment: Segment, end: UInt64) {
    guard end < Segment.limit else { return }
    contents.withLock { $0.idle.append((segment, end)) }
  }
}
