import Events
import Platform
import Synchronization

extension ContentStore {
  /// Stores small bodies with one write and one sync a segment; they are on the disk when it
  /// returns. Only the Scribe's thread calls it.
  ///
  /// - Throws: `SystemError` where the disk is full: then nothing was stored. `ContentError.broken`
  ///   after any other error, which is thrown first.
  func append(_ bodies: [SealedBody]) throws {
    var rest = bodies[...]
    while !rest.isEmpty {
      var tail = try takeActive()
      let group = fitting(rest, behind: tail.end)
      do {
        try guarding { try write(group, &tail) }
      } catch {
        segments.withLock { $0.active = tail }
        throw error
      }
      if tail.end < limits.segmentBytes {
        segments.withLock { $0.active = tail }
      } else {
        try seal(tail.segment, tail.file)
      }
      rest = rest.dropFirst(group.count)
    }
  }

  /// The bodies that begin before the segment is full.
  private func fitting(
    _ bodies: ArraySlice<SealedBody>, behind end: UInt64
  ) -> ArraySlice<SealedBody> {
    var end = end
    return bodies.prefix { body in
      defer { end += BodyHead.span(plain: body.plainLength) }
      return end < limits.segmentBytes
    }
  }

  /// The Scribe's own segment, which nobody else has in hand meanwhile.
  private func takeActive() throws -> SegmentTail {
    if let active = try usable({ $0.active.take() }) { return active }
    return try lease()
  }

  private func write(_ bodies: ArraySlice<SealedBody>, _ tail: inout SegmentTail) throws {
    var bytes: [UInt8] = []
    var entries: [BodyEntry] = []
    let length = bodies.reduce(0) { $0 + BodyHead.span(plain: $1.plainLength) }
    bytes.reserveCapacity(Int(length))
    for body in bodies {
      let start = bytes.count
      let head = BodyHead(
        segment: tail.segment.number, content: body.id, plainLength: body.plainLength,
        prefix: body.prefix)
      entries.append(BodyEntry(head, at: tail.end + UInt64(start)))
      bytes += head.bytes
      bytes += body.bytes
      bytes += body.checks
      bytes.append(
        contentsOf: repeatElement(0, count: start + Int(head.span) - bytes.count))
    }
    let end = tail.end + length
    try reserve(end, &tail)
    let ahead = aheadOf(end, length, tail)
    try unsynced {
      try tail.file.write(bytes, at: tail.end)
      try tail.file.writeZeros(end..<ahead)
      try tail.file.syncData()
    }
    tail.written = max(tail.written, ahead)
    tail.end = end
    add(entries, end: end, to: tail.segment)
  }

  /// Up to where a batch writes: where it is small and reaches blocks that were never written, zeros
  /// go ahead of those that follow, so that most syncs have only data to bring to the disk.
  private func aheadOf(_ end: UInt64, _ length: UInt64, _ tail: SegmentTail) -> UInt64 {
    guard length < limits.smallBatchBytes, end > tail.written else { return end }
    return min(end + limits.aheadBytes, tail.size)
  }

  /// A segment to append to: one with room, or a new one.
  func lease() throws -> SegmentTail {
    guard let idle = try usable({ $0.idle.popLast() }) else { return try makeSegment() }
    let segment = idle.segment
    if segment.state.withLock({ $0.isIndexed }) {
      // Or a crash would leave an index file that knows nothing of what is appended now.
      try guarding {
        try disk.remove(segment.indexPath)
        try unsynced { try disk.sync(directory) }
      }
      segment.state.withLock { $0.isIndexed = false }
    }
    return idle
  }

  func makeSegment() throws -> SegmentTail {
    let number = try usable { segments in
      segments.newest += 1
      return segments.newest
    }
    let segment = Segment(
      number: number, path: "\(directory)/\(Segment.name(number))",
      state: Segment.State(end: UInt64(SegmentHead.size)))
    let tail = try guarding {
      do { return try begin(segment) } catch {
        // The disk is full: nothing is left of the attempt.
        if !(error is SegmentTail.Unsynced), disk.exists(segment.path) {
          try disk.remove(segment.path)
        }
        throw error
      }
    }
    add([], end: tail.end, to: segment)
    return tail
  }

  /// Makes a segment's file.
  private func begin(_ segment: Segment) throws -> SegmentTail {
    if disk.exists(segment.indexPath) { try disk.remove(segment.indexPath) }
    let file = try disk.open(segment.path, .create)
    let head = SegmentHead(segment: segment.number, created: clock.now(), log: log)
    var tail = SegmentTail(
      segment: segment, file: file, end: UInt64(SegmentHead.size), size: 0,
      written: UInt64(SegmentHead.size))
    try file.write(head.bytes, at: 0)
    try reserve(tail.end + 1, &tail)
    try unsynced { try disk.sync(directory) }
    files.put(file, for: segment.number)
    return tail
  }

  /// Gives the right to append back; at its end the segment is sealed.
  func release(_ tail: SegmentTail) throws {
    if tail.end >= limits.segmentBytes { return try seal(tail.segment, tail.file) }
    segments.withLock { if !$0.isClosed { $0.idle.append(tail) } }
  }

  /// Looks at the segments, where the store may be written to.
  func usable<R>(_ body: (inout Segments) throws -> R) throws -> R {
    try segments.withLock { segments in
      guard isWriter, !segments.isClosed else { throw ContentError.closed }
      guard !segments.isBroken else { throw ContentError.broken }
      return try body(&segments)
    }
  }

  func unsynced<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch { throw SegmentTail.Unsynced(error: error) }
  }

  /// After a write or sync that failed nothing is stored any more.
  func guarding<R>(_ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let unsynced as SegmentTail.Unsynced {
      segments.withLock { $0.isBroken = true }
      throw unsynced.error
    }
  }
}
