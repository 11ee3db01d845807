import Events
import Platform
import Synchronization

extension ContentStore {
  /// Stores small bodies, synced when this returns. Only the Scribe's thread calls it.
  func append(_ bodies: [SealedBody]) throws {
    guard !bodies.isEmpty else { return }
    var (segment, end) = try activeSegment()
    var bytes: [UInt8] = []
    var start = end
    var placed: [(ContentID, BodyLocation)] = []
    for body in bodies {
      if end >= Segment.limit {
        try write(bytes, segment, start)
        try put(placed, active: nil)
        (bytes, placed) = ([], [])
        (segment, end) = try activeSegment()
        start = end
      }
      placed.append((body.id, BodyLocation(segment: segment.number, offset: end)))
      let head = BodyHead(
        segment: segment.number, content: body.id, plainLength: body.plainLength,
        prefix: body.prefix)
      bytes += head.bytes
      bytes += body.bytes
      end += head.span
      bytes += [UInt8](repeating: 0, count: Int(end - start) - bytes.count)
    }
    try write(bytes, segment, start)
    try put(placed, active: end < Segment.limit ? (segment, end) : nil)
  }

  private func activeSegment() throws -> (segment: Segment, end: UInt64) {
    try contents.withLock { contents in
      if let active = contents.active { return active }
      let leased = try lease(&contents)
      contents.active = leased
      return leased
    }
  }

  private func write(_ bytes: [UInt8], _ segment: Segment, _ start: UInt64) throws {
    try segment.reserve(start + UInt64(bytes.count))
    try segment.file.write(bytes, at: start)
    try segment.file.syncData()
  }

  private func put(
    _ placed: [(ContentID, BodyLocation)], active: (segment: Segment, end: UInt64)?
  ) throws {
    contents.withLock { contents in
      contents.active = active
      for (id, location) in placed { contents.index.insert(id, location) }
    }
  }

  /// Begins to receive a body of any length, in a segment that nobody else appends to meanwhile.
  ///
  /// It works with the disk: call it, and everything of the `LargeBody`, off the event loops.
  public func receive(dataKey: Key, entropy: some Entropy) throws -> LargeBody {
    let (segment, end) = try contents.withLock { try lease(&$0) }
    return LargeBody(
      self, segment, at: end, dataKey: dataKey, id: ContentID(rawValue: entropy.id()),
      prefix: entropy.bytes(ChunkSeal.prefixSize))
  }

  func stored(_ id: ContentID, _ location: BodyLocation) {
    contents.withLock { $0.index.insert(id, location) }
  }
}
