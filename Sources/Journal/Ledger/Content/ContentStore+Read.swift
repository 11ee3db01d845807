import Events
import Platform
import Synchronization

extension ContentStore {
  /// A body that was found.
  struct Found {
    let file: any DiskFile
    let location: BodyLocation
    let head: BodyHead
    /// What was read at once: the head and what lies behind it.
    let bytes: [UInt8]
  }

  /// A way to read from a segment; nil where the disk would have to be waited for.
  typealias Reading = (any DiskFile, Int, UInt64) throws -> [UInt8]?

  private static let mostChunks: UInt64 = 16

  /// The octets of `range` of a body, verified; at the most those of 16 chunks (1 MiB), so that the
  /// caller asks again for the rest.
  ///
  /// It may wait for the disk: call it off the event loops.
  /// - Throws: `ContentError`, `SystemError`.
  public func read(_ id: ContentID, dataKey: Key, _ range: Range<UInt64>) throws -> [UInt8] {
    var tries = 0
    while true {
      let places = index.candidates(id)
      let octets = Result { try read(id, dataKey, range, places, waits: true) }
      if case .success(let octets?) = octets { return octets }
      tries += 1
      if try isWorthAnother(tries, id, places) { continue }
      return try octets.get() ?? []
    }
  }

  /// Like `read`, but nil where the disk would have to be waited for.
  public func readIfCached(
    _ id: ContentID, dataKey: Key, _ range: Range<UInt64>
  ) throws -> [UInt8]? {
    let places = index.candidates(id)
    guard !places.isEmpty else { return nil }
    do {
      return try read(id, dataKey, range, places, waits: false)
    } catch {
      if index.candidates(id) != places { return nil }
      throw error
    }
  }

  /// Whether a body that was not found, or not whole, may be so now: compaction may have moved it
  /// meanwhile, and a reader may not know what the writer has done since.
  func isWorthAnother(_ tries: Int, _ id: ContentID, _ places: [BodyLocation]) throws -> Bool {
    if index.candidates(id) != places { return true }
    return try tries < Self.mostTries && catchUp()
  }

  private static let mostTries = 4

  private func read(
    _ id: ContentID, _ dataKey: Key, _ range: Range<UInt64>, _ places: [BodyLocation], waits: Bool
  ) throws -> [UInt8]? {
    try firstIntact(id, places) { try read(id, dataKey, range, at: $0, waits: waits) }
  }

  /// What the first place gives that does not throw, for after a crash in the midst of a compaction
  /// there are two, one of them perhaps not whole; else damage, where there was any.
  func firstIntact<R>(
    _ id: ContentID, _ places: [BodyLocation], _ body: (BodyLocation) throws -> R
  ) throws -> R {
    var failure = ContentError.absent(id)
    for place in places {
      do { return try body(place) } catch let error as ContentError {
        if case .absent = error { continue }
        failure = error
      }
    }
    throw failure
  }

  private func read(
    _ id: ContentID, _ dataKey: Key, _ range: Range<UInt64>, at place: BodyLocation, waits: Bool
  ) throws -> [UInt8]? {
    let first = UInt64(BodyHead.size)
    let isNear = range.lowerBound < UInt64(ChunkSeal.chunkSize)
    let guess =
      isNear
      ? min(range.upperBound, UInt64(ChunkSeal.chunkSize)) + UInt64(ChunkSeal.tagSize) + first
      : first
    guard let found = try find(id, at: place, guess: Int(guess), waits: waits) else { return nil }
    return try open(found, dataKey, range, waits: waits)
  }

  /// The body of an id at a place; nil where the disk would have to be waited for.
  ///
  /// - Throws: `ContentError.absent`, or `.damaged` where its head is.
  func find(
    _ id: ContentID, at place: BodyLocation, guess: Int = BodyHead.size, waits: Bool
  ) throws -> Found? {
    guard let file = try file(place.segment, waits: waits) else {
      if waits { throw ContentError.absent(id) }
      return nil
    }
    guard let bytes = try Self.bytes(file, guess, place.offset, waits) else { return nil }
    guard bytes.count >= BodyHead.size,
      let head = BodyHead(bytes.span.extracting(..<BodyHead.size), in: place.segment)
    else {
      throw ContentError.damaged(
        id, segment: UInt64(place.segment), offset: place.offset, chunk: nil)
    }
    guard head.content == id, !head.isErased else { throw ContentError.absent(id) }
    return Found(file: file, location: place, head: head, bytes: bytes)
  }

  /// A segment's file; nil where it is gone, or not open and opening would wait.
  private func file(_ number: UInt32, waits: Bool) throws -> (any DiskFile)? {
    if let file = files.cached(number) { return file }
    guard waits, let segment = segments.withLock({ $0.all[number] }) else { return nil }
    do { return try files.file(number, path: segment.path) } catch let error as SystemError
      where error.isNotFound
    {
      return nil
    }
  }

  static func bytes(
    _ file: any DiskFile, _ count: Int, _ offset: UInt64, _ waits: Bool
  ) throws -> [UInt8]? {
    waits ? try file.read(count, at: offset) : try file.readCached(count, at: offset)
  }

  private func open(
    _ found: Found, _ dataKey: Key, _ range: Range<UInt64>, waits: Bool
  ) throws -> [UInt8]? {
    let head = found.head
    let range = range.clamped(to: 0..<max(head.plainLength, 1))
    guard !range.isEmpty else { return [] }
    let size = UInt64(ChunkSeal.chunkSize)
    let sealedSize = size + UInt64(ChunkSeal.tagSize)
    let first = range.lowerBound / size
    let last = min((range.upperBound - 1) / size, first + Self.mostChunks - 1)
    let wanted = first * sealedSize..<min((last + 1) * sealedSize, head.sealedLength)
    guard let sealed = try sealed(found, wanted, waits) else { return nil }
    let seal = ChunkSeal(
      key: ContentSealer.key(dataKey), prefix: head.prefix, aad: head.content.rawValue.bytes)
    var plain: [UInt8] = []
    plain.reserveCapacity(sealed.count)
    let lastOfBody = ChunkSeal.chunks(of: head.plainLength) - 1
    for chunk in first...last {
      let from = min(Int((chunk - first) * sealedSize), sealed.count)
      let part = sealed.span.extracting(from..<min(from + Int(sealedSize), sealed.count))
      guard seal.open(part, chunk: chunk, isLast: chunk == lastOfBody, to: &plain) else {
        throw ContentError.damaged(
          head.content, segment: UInt64(found.location.segment), offset: found.location.offset,
          chunk: chunk)
      }
    }
    let skipped = Int(range.lowerBound - first * size)
    let end = min(plain.count, Int(range.upperBound - first * size))
    if skipped == 0, end == plain.count { return plain }
    return Array(plain[min(skipped, end)..<end])
  }

  /// Sealed bytes of a body, from what was read with its head or from the file.
  private func sealed(
    _ found: Found, _ range: Range<UInt64>, _ waits: Bool
  ) throws -> [UInt8]? {
    let start = UInt64(BodyHead.size) + range.lowerBound
    let end = UInt64(BodyHead.size) + range.upperBound
    if end <= UInt64(found.bytes.count) { return Array(found.bytes[Int(start)..<Int(end)]) }
    return try Self.bytes(
      found.file, Int(end - start), found.location.offset + start, waits)
  }
}
