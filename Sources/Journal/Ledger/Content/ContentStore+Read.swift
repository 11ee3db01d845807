import Events
import Platform
import Synchronization

/// Why a body cannot be read.
public enum ContentError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is not in any segment.
  case absent(ContentID)
  /// A chunk is not what was written, or the key is not the body's.
  case damaged(ContentID, segment: UInt64, offset: UInt64, chunk: UInt64)

  public var description: String {
    switch self {
    case .absent(let id): "the body \(id) is not there"
    case .damaged(let id, let segment, let offset, let chunk):
      "chunk \(chunk) of the body \(id) at offset \(offset) of segment \(segment) is damaged"
    }
  }
}

extension ContentStore {
  /// A body that was found.
  struct Found {
    let segment: Segment
    let offset: UInt64
    let head: BodyHead
  }

  /// The octets of `range` of a body, verified; at the most those of 16 chunks (1 MiB), so that the
  /// caller asks again for the rest.
  ///
  /// It may wait for the disk: call it off the event loops.
  /// - Throws: `ContentError`, `SystemError`.
  public func read(_ id: ContentID, dataKey: Key, _ range: Range<UInt64>) throws -> [UInt8] {
    let found = try find(id) { file, count, offset in try file.read(count, at: offset) }
    guard let found else { throw ContentError.absent(id) }
    return try read(found, id, dataKey, range) { count, offset in
      try found.segment.file.read(count, at: offset)
    } ?? []
  }

  /// Like `read`, but nil where the disk would have to be waited for.
  public func readIfCached(
    _ id: ContentID, dataKey: Key, _ range: Range<UInt64>
  ) throws -> [UInt8]? {
    let found = try find(id) { file, count, offset in try file.readCached(count, at: offset) }
    guard let found else { return nil }
    return try read(found, id, dataKey, range) { count, offset in
      try found.segment.file.readCached(count, at: offset)
    }
  }

  /// The body of an id, by whatever way to read heads; nil where there is none or none is at hand.
  func find(
    _ id: ContentID, _ read: (any DiskFile, Int, UInt64) throws -> [UInt8]?
  ) throws -> Found? {
    let places = contents.withLock { contents in
      contents.index.candidates(id).compactMap { place in
        contents.segments[place.segment].map { ($0, place.offset) }
      }
    }
    for (segment, offset) in places {
      guard let bytes = try read(segment.file, BodyHead.size, offset),
        let head = BodyHead(bytes, in: segment.number), head.content == id
      else { continue }
      return Found(segment: segment, offset: offset, head: head)
    }
    return nil
  }

  private static let mostChunks: UInt64 = 16

  private func read(
    _ found: Found, _ id: ContentID, _ dataKey: Key, _ range: Range<UInt64>,
    _ bytes: (Int, UInt64) throws -> [UInt8]?
  ) throws -> [UInt8]? {
    let range = range.clamped(to: 0..<found.head.plainLength)
    guard !range.isEmpty else { return [] }
    let size = UInt64(ChunkSeal.chunkSize)
    let sealedSize = size + UInt64(ChunkSeal.tagSize)
    let first = range.lowerBound / size
    let last = min((range.upperBound - 1) / size, first + Self.mostChunks - 1)
    let start = first * sealedSize
    let end = min((last + 1) * sealedSize, found.head.sealedLength)
    let body = found.offset + UInt64(BodyHead.size)
    guard let sealed = try bytes(Int(end - start), body + start) else { return nil }
    let seal = ChunkSeal(
      key: ContentSealer.key(dataKey), prefix: found.head.prefix, aad: id.rawValue.bytes)
    var plain: [UInt8] = []
    plain.reserveCapacity(sealed.count)
    let lastOfBody = ChunkSeal.chunks(of: found.head.plainLength) - 1
    for chunk in first...last {
      let from = min(Int((chunk - first) * sealedSize), sealed.count)
      let part = sealed.span.extracting(from..<min(from + Int(sealedSize), sealed.count))
      guard seal.open(part, chunk: chunk, isLast: chunk == lastOfBody, to: &plain) else {
        throw ContentError.damaged(
          id, segment: UInt64(found.segment.number), offset: found.offset, chunk: chunk)
      }
    }
    let skipped = Int(range.lowerBound - first * size)
    return Array(plain[skipped..<min(plain.count, Int(range.upperBound - first * size))])
  }
}
