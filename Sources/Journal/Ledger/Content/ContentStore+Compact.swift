import Events
import Platform
import Synchronization

/// What a compaction did.
public struct CompactionReport: Hashable, Sendable {
  /// Segments that were emptied, and bodies and bytes that were moved out of them.
  public var segments = 0
  public var moved = 0
  public var movedBytes: UInt64 = 0
  /// Bytes given back.
  public var freedBytes: UInt64 = 0
  /// Freed bodies of which nothing is left on the disk.
  public var dropped: [ContentID] = []
  /// Bodies that were not moved because they are damaged; their segments stay.
  public var damage: [ContentDamage] = []
}

/// When a segment is worth emptying.
public struct CompactionLimits: Hashable, Sendable {
  /// How much of it must be dead, 0 to 1.
  public var deadShare = 0.5
  /// Bytes that must be dead besides, where bodies can still be appended to it.
  public var openDeadBytes: UInt64 = 16 << 20
  /// How many segments one call empties.
  public var segments = Int.max

  public init() {}
}

extension ContentStore {
  /// Moves the bodies of sparse segments to others and gives the sparse ones' room back.
  ///
  /// What was freed is dropped, and of what is damaged what nobody holds: a crash leaves bodies that
  /// were written by half and never named. That State has no row of an intact body proves nothing, for
  /// State carries no checksums. The copies are synced before the index knows them and before anything is
  /// removed, so that after a crash a body lies in two places at worst, and then the next compaction
  /// moves it no further.
  /// - Parameter held: those of some bodies that are named by an event and held.
  /// - Throws: `SystemError`, `ContentError`; what `held` throws.
  @discardableResult
  public func compact(
    _ wanted: CompactionLimits = CompactionLimits(),
    held: (Set<ContentID>) throws -> Set<ContentID>
  ) throws -> CompactionReport {
    try upkeep.withLock { _ in
      var report = CompactionReport()
      try closeSparse(wanted)
      for segment in try sparse(wanted.deadShare).prefix(wanted.segments) {
        try compact(segment, held, &report)
      }
      return report
    }
  }

  /// Ends appending to open segments that are worth emptying, and sees to it that the newest one is
  /// none of them: its number must not be used again.
  private func closeSparse(_ wanted: CompactionLimits) throws {
    let isSparse = { (tail: SegmentTail) in
      tail.segment.state.withLock { state in
        state.dead >= max(wanted.openDeadBytes, 1) && state.isSparse(wanted.deadShare)
      }
    }
    let tails = try usable { segments in
      var taken = segments.idle.filter(isSparse)
      segments.idle.removeAll(where: isSparse)
      // The Scribe has the active one while it appends; then another time will do.
      if let active = segments.active, isSparse(active) {
        taken.append(active)
        segments.active = nil
      }
      return taken
    }
    for tail in tails { try seal(tail.segment, tail.file) }
    let newest = try usable { $0.all[$0.newest] }
    let isEmptied = newest?.state.withLock { state in
      state.entries == nil && state.dead > 0 && state.isSparse(wanted.deadShare) && !state.isHurt
    }
    if isEmptied ?? false {
      giveBack(try makeSegment())
    }
  }

  private func sparse(_ share: Double) throws -> [Segment] {
    try usable { segments in
      segments.all.values.filter { segment in
        guard segment.number != segments.newest, segment.isSealed else { return false }
        return segment.state.withLock { $0.isSparse(share) && !$0.isHurt }
      }
      // The emptiest first: on a full disk they need no room for copies.
      .map { ($0, $0.state.withLock { $0.live }) }.sorted { $0.1 < $1.1 }.map { $0.0 }
    }
  }

  private func compact(
    _ segment: Segment, _ held: (Set<ContentID>) throws -> Set<ContentID>,
    _ report: inout CompactionReport
  ) throws {
    let file = try files.file(segment.number, path: segment.path)
    let (kept, dropped, hurt) = try bodies(of: segment, file)
    let needed = hurt.isEmpty ? [] : try held(Set(hurt.compactMap(\.content)))
    let damage = hurt.filter { $0.content.map(needed.contains) ?? true }
    guard damage.isEmpty else {
      // Nothing is moved out of a segment that a human has to look at, but what was freed goes.
      try guarding { try unsynced { try overwrite(dropped, in: file) } }
      segment.state.withLock { $0.isHurt = true }
      report.dropped += dropped.map { $0.head.content }
      report.damage += damage
      return
    }
    try move(kept, from: segment, file, &report)
    // What is left in the index was damaged and nobody's.
    for entry in try entries(of: segment) {
      let location = BodyLocation(segment: segment.number, offset: entry.offset)
      index.replace(entry.key, location, with: nil)
    }
    try retire(segment)
    report.dropped += dropped.map { $0.head.content }
    report.segments += 1
    report.freedBytes += segment.state.withLock { $0.end }
  }

  private typealias Body = (location: BodyLocation, head: BodyHead)

  /// The bodies of a segment: those to move, those that were freed, and what is damaged.
  private func bodies(
    of segment: Segment, _ file: any DiskFile
  ) throws -> (kept: [Body], dropped: [Body], damage: [ContentDamage]) {
    var (kept, dropped, damage): ([Body], [Body], [ContentDamage]) = ([], [], [])
    for entry in try entries(of: segment) {
      let location = BodyLocation(segment: segment.number, offset: entry.offset)
      let isIndexed = index.contains(entry.key, location)
      let bytes = try file.read(BodyHead.size, at: entry.offset)
      guard let head = BodyHead(bytes.span, in: segment.number) else {
        if isIndexed { damage.append(.head(at: location)) }
        continue
      }
      guard isIndexed else {
        if !head.isErased { dropped.append((location, head)) }
        continue
      }
      if head.isErased { continue }
      if try isElsewhere(head.content, location) {
        index.replace(entry.key, location, with: nil)
      } else if let found = try check(file, location, head, nil).damage {
        damage.append(found)
      } else {
        kept.append((location, head))
      }
    }
    return (kept, dropped, damage)
  }

  /// Whether an intact copy lies in another segment: a crash in the midst of a compaction left two.
  private func isElsewhere(_ id: ContentID, _ location: BodyLocation) throws -> Bool {
    for place in index.candidates(id) where place != location {
      guard let segment = segments.withLock({ $0.all[place.segment] }) else { continue }
      let file = try files.file(segment.number, path: segment.path)
      let bytes = try file.read(BodyHead.size, at: place.offset)
      guard let head = BodyHead(bytes.span, in: segment.number), head.content == id, !head.isErased
      else { continue }
      if try check(file, place, head, nil).damage == nil { return true }
    }
    return false
  }

  private func move(
    _ bodies: [Body], from segment: Segment, _ file: any DiskFile,
    _ report: inout CompactionReport
  ) throws {
    var rest = bodies[...]
    while !rest.isEmpty {
      var tail = try lease()
      var moved: [(from: BodyLocation, entry: BodyEntry)] = []
      do {
        try guarding {
          while tail.end < limits.segmentBytes, let body = rest.popFirst() {
            moved.append((body.location, try copy(body.head, body.location, file, &tail)))
          }
          try unsynced { try tail.file.syncData() }
        }
      } catch {
        // The disk is full: the copies are dead, the originals still in use.
        if let first = moved.first { tail.end = first.entry.offset }
        giveBack(tail)
        throw error
      }
      add(moved.map(\.entry), end: tail.end, to: tail.segment)
      for (from, entry) in moved {
        index.replace(entry.key, from, with: nil)
        report.moved += 1
        report.movedBytes += entry.span
      }
      try release(tail)
    }
  }

  private func copy(
    _ head: BodyHead, _ location: BodyLocation, _ file: any DiskFile, _ tail: inout SegmentTail
  ) throws -> BodyEntry {
    let moved = head.moved(to: tail.segment.number)
    let entry = BodyEntry(moved, at: tail.end)
    try reserve(tail.end + moved.span, &tail)
    try unsynced { [tail] in
      var done = UInt64(BodyHead.size)
      while done < head.span {
        let part = try file.read(Int(min(1 << 20, head.span - done)), at: location.offset + done)
        guard !part.isEmpty else { throw ContentError.absent(head.content) }
        try tail.file.write(part, at: tail.end + done)
        done += UInt64(part.count)
      }
      // Last, so that a process that ends here leaves nothing that looks like a body.
      try tail.file.write(moved.bytes, at: tail.end)
    }
    tail.end += moved.span
    return entry
  }

  /// Removes an emptied segment. Whoever still reads from it has the file open.
  private func retire(_ segment: Segment) throws {
    try usable { $0.all[segment.number] = nil }
    files.forget(segment.number)
    for path in [segment.indexPath, segment.path] where disk.exists(path) { try disk.remove(path) }
    try disk.sync(directory)
  }
}

extension Segment.State {
  /// Bytes that no body in the index needs.
  var dead: UInt64 {
    let needed = live + UInt64(SegmentHead.size)
    return end - min(needed, end)
  }

  /// An empty segment is sparse; one without dead bytes never is.
  func isSparse(_ share: Double) -> Bool {
    live == 0 || dead > 0 && Double(dead) >= share * Double(end)
  }
}
