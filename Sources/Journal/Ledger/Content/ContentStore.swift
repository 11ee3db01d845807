import Events
import Platform
import Synchronization

/// The bodies of messages, sealed, in append-only segment files. docs/formats.md
///
/// A body is on disk before the event that names it is: the Scribe appends small ones with their
/// batch, large ones are synced by who receives them. Reading gives verified plaintext only. What no
/// event names (given up, refused, cut off by a crash) is dead, and `compact` drops it.
public final class ContentStore: Sendable {
  /// What is known of the segments.
  struct Segments {
    var all: [UInt32: Segment] = [:]
    /// The one the Scribe appends to; nil while it does.
    var active: SegmentTail?
    /// Those with room that nobody appends to now.
    var idle: [SegmentTail] = []
    var newest: UInt32 = 0
    var isBroken = false
    var isClosed = false
  }

  let directory: String
  let log: LogID
  let limits: ContentLimits
  let disk: any Disk
  let clock: any Clock
  let isWriter: Bool
  let files: OpenFiles
  let index = LocationIndex()
  let segments = Mutex(Segments())
  /// What opening found damaged, which a writer has put right.
  let findings = Mutex<[ContentDamage]>([])
  /// Whether segments may take room on the disk; held while one does.
  let mayGrow = Mutex(true)
  /// Held while bodies are freed, erased or moved.
  let upkeep = Mutex(())

  /// Opens the segments and finds every body in them.
  ///
  /// A writer seals what a crash left open; a reader changes nothing and looks again where a body is
  /// not found, so it may run beside a writer.
  /// - Throws: `LedgerError.damaged` where a segment is of another journal; `SystemError`.
  init(
    _ directory: String, log: LogID, isWriter: Bool, limits: ContentLimits = ContentLimits(),
    disk: any Disk = SystemDisk(), clock: any Clock = SystemClock()
  ) throws {
    self.directory = directory
    self.log = log
    self.limits = limits
    self.disk = disk
    self.clock = clock
    self.isWriter = isWriter
    files = OpenFiles(disk: disk, access: isWriter ? .write : .read, limit: limits.openFiles)
    try openAll()
  }

  static func create(_ directory: String, disk: any Disk = SystemDisk()) throws {
    try disk.createDirectory(directory)
  }

  /// How many bodies there are, duplicates included.
  public var count: Int { index.count }

  /// Bytes of all segments, and of the bodies in them that are not freed.
  public var usage: (total: UInt64, live: UInt64) {
    let all = segments.withLock { Array($0.all.values) }
    return all.reduce(into: (0, 0)) { sum, segment in
      segment.state.withLock {
        sum.0 += $0.end
        sum.1 += $0.live
      }
    }
  }

  /// Ends the use of the store: every open segment gets an index file, so that the next start walks
  /// none and appends where this one stopped.
  func close() {
    guard isWriter else { return }
    let tails = segments.withLock { segments in
      defer {
        segments.isClosed = true
        segments.active = nil
        segments.idle = []
      }
      guard !segments.isClosed, !segments.isBroken else { return [SegmentTail]() }
      return segments.idle + (segments.active.map { [$0] } ?? [])
    }
    for tail in tails { indexFile(of: tail.segment, isResumable: true, listsFreed: false) }
    let freed = segments.withLock { segments in
      segments.isBroken ? [] : segments.all.values.filter { $0.isSealed }
    }
    for segment in freed where segment.state.withLock({ $0.hasFreed }) {
      indexFile(of: segment, isResumable: false, listsFreed: false)
    }
    // Without it the next start walks the segments: no error.
    do { try disk.sync(directory) } catch { return }
  }

  /// Writes a segment's index file: every body, or, at the end of the process, those that were not
  /// freed. Until then freed ones are listed, so that compaction can tell when they are gone.
  ///
  /// It only saves the next start work, so an error is no error.
  func indexFile(of segment: Segment, isResumable: Bool, listsFreed: Bool) {
    do {
      let (known, end) = segment.state.withLock { ($0.entries, $0.end) }
      let entries =
        try known
        ?? SegmentIndexFile(
          readAll(segment.indexPath), segment: segment.number, log: log)?.entries
      guard let entries else { return }
      let file = SegmentIndexFile(
        segment: segment.number, log: log, end: end, isResumable: isResumable,
        entries: entries.filter {
          listsFreed
            || index.contains($0.key, BodyLocation(segment: segment.number, offset: $0.offset))
        })
      let unfinished = segment.indexPath + ".new"
      if disk.exists(unfinished) { try disk.remove(unfinished) }
      let out = try disk.open(unfinished, .create)
      try out.write(file.bytes, at: 0)
      // Under its name it is whole, so that one that is not was damaged.
      try out.syncAll()
      try disk.rename(unfinished, to: segment.indexPath)
      segment.state.withLock {
        $0.isIndexed = true
        $0.hasFreed = $0.hasFreed && listsFreed
      }
    } catch {
      segment.state.withLock { $0.isIndexed = disk.exists(segment.indexPath) }
    }
  }

  func readAll(_ path: String) throws -> [UInt8] {
    guard disk.exists(path) else { return [] }
    let file = try disk.open(path, .read)
    return try file.read(Int(try file.size()), at: 0)
  }
}
