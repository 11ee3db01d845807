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
  /// Bodies that were not moved because they are damaged; their segments stay.
  public var damage: [ContentDamage] = []
}

extension ContentStore {
  /// Moves the bodies of sparse segments to new ones and gives the sparse ones' room back.
  ///
  /// The copies are synced before the index knows them and before anything is removed, so that after
  /// a crash a body lies in two places at worst.
  /// - Parameters:
  ///   - share: how much of a segment must be dead for it to be emptied, 0 to 1.
  ///   - isHeld: whether each of these bodies is named by an event and held; what is not is dropped.
  /// - Throws: `SystemError`, `ContentError`; what `isHeld` throws.
  @discardableResult
  public func compact(
    deadShare share: Double = 0.5, isHeld: ([ContentID]) throws -> [Bool]
  ) throws -> CompactionReport {
    try upkeep.withLock { _ in
      var report = CompactionReport()
      for segment in try sparse(share) {
        try compact(segment, isHeld, &report)
      }
      return report
    }
  }

  /// Sealed segments of which enough is dead, never the newest: its number must not be used again.
  private func sparse(_ share: Double) throws -> [Segment] {
    try usable { segments in
      segments.all.values.filter { segment in
        guard segment.number != segments.newest else { return false }
        return segment.state.withLock {
          $0.entries == nil && Double($0.end - $0.live) >= share * Double($0.end)
        }
      }.sorted { $0.number < $1.number }
    }
  }

  private func compact(
    _ segment: Segment, _ isHeld: ([ContentID]) throws -> [Bool], _ report: inout CompactionReport
  ) throws {
    let held = try heldBodies(of: segment, isHeld)
    let file = try files.file(segment.number, path: segment.path)
    for (location, head) in held {
      if let damage = try check(file, location, head, nil) { report.damage.append(damage) }
    }
    guard !report.damage.contains(where: { $0.segment == UInt64(segment.number) }) else { return }
    try move(held, from: segment, file, &report)
    // What is left in the index is held by nobody.
    for entry in try entries(of: segment) {
      index.replace(
        entry.key, BodyLocation(segment: segment.number, offset: entry.offset), with: nil)
    }
    try retire(segment, file)
    report.segments += 1
    report.freedBytes += segment.state.withLock { $0.end }
  }

  /// The bodies of a segment that are in the index and held.
  private func heldBodies(
    of segment: Segment, _ isHeld: ([ContentID]) throws -> [Bool]
  ) throws -> [(BodyLocation, BodyHead)] {
    let file = try files.file(segment.number, path: segment.path)
    var bodies: [(BodyLocation, BodyHead)] = []
    for entry in try entries(of: segment) {
      let location = BodyLocation(segment: segment.number, offset: entry.offset)
      guard index.contains(entry.key, location) else { continue }
      let bytes = try file.read(BodyHead.size, at: entry.offset)
      guard let head = BodyHead(bytes.span, in: segment.number) else {
        throw ContentError.damaged(
          ContentID(rawValue: ID(high: entry.key, low: 0)), segment: UInt64(segment.number),
          offset: entry.offset, chunk: nil)
      }
      if !head.isErased { bodies.append((location, head)) }
    }
    var kept: [(BodyLocation, BodyHead)] = []
    for start in stride(from: 0, to: bodies.count, by: 512) {
      let group = bodies[start..<min(start + 512, bodies.count)]
      let answers = try isHeld(group.map { $0.1.content })
      precondition(answers.count == group.count, "one answer for each body")
      kept += zip(group, answers).filter { $0.1 }.map { $0.0 }
    }
    return kept
  }

  private func move(
    _ bodies: [(BodyLocation, BodyHead)], from segment: Segment, _ file: any DiskFile,
    _ report: inout CompactionReport
  ) throws {
    var rest = bodies[...]
    while !rest.isEmpty {
      var tail = try lease()
      var moved: [(from: BodyLocation, entry: BodyEntry)] = []
      do {
        try guarding {
          while tail.end < limits.segmentBytes, let (location, head) = rest.popFirst() {
            moved.append((location, try copy(head, location, file, &tail)))
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
    try tail.reserve(tail.end + moved.span, step: limits.stepBytes)
    try unsynced { [tail] in
      try tail.file.write(moved.bytes, at: tail.end)
      var done = UInt64(BodyHead.size)
      while done < head.span {
        let part = try file.read(Int(min(1 << 20, head.span - done)), at: location.offset + done)
        guard !part.isEmpty else { throw ContentError.absent(head.content) }
        try tail.file.write(part, at: tail.end + done)
        done += UInt64(part.count)
      }
    }
    tail.end += moved.span
    return entry
  }

  /// Removes an emptied segment, or keeps its file to be used again.
  private func retire(_ segment: Segment, _ file: any DiskFile) throws {
    let keeps = try usable { segments in
      segments.all[segment.number] = nil
      return segments.spare.count < limits.spareFiles
    }
    files.forget(segment.number)
    if disk.exists(segment.indexPath) { try disk.remove(segment.indexPath) }
    guard keeps else {
      try disk.remove(segment.path)
      return try disk.sync(directory)
    }
    let spare = "\(directory)/\(Segment.spareName(segment.number))"
    try disk.rename(segment.path, to: spare)
    try disk.sync(directory)
    segments.withLock { $0.spare.append(spare) }
  }
}
