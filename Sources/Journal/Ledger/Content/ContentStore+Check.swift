import Events
import Platform
import Synchronization

extension ContentStore {
  /// What a body must be: the digest and length that its event tells.
  public typealias Expected = (sha256: Digest, plainLength: UInt64)

  private static let pieceChunks = 16

  /// Checks one stored body against its digest, without its key.
  ///
  /// - Returns: what is wrong, nil where it is as it must be; and how many bytes were read.
  /// - Throws: `ContentError.absent`; `SystemError`.
  public func check(
    _ id: ContentID, _ expected: Expected
  ) throws -> (damage: ContentDamage?, bytes: UInt64) {
    var tries = 0
    while true {
      let places = index.candidates(id)
      let answers = Result { try places.map { try check(id, at: $0, expected) } }
      if case .success(let answers) = answers {
        if let good = answers.first(where: { $0?.damage == nil && $0 != nil }), let good {
          return good
        }
      }
      tries += 1
      if try isWorthAnother(tries, id, places) { continue }
      guard let worst = try answers.get().compactMap(\.self).first else {
        throw ContentError.absent(id)
      }
      return worst
    }
  }

  /// Nil where the body is not at the place.
  private func check(
    _ id: ContentID, at place: BodyLocation, _ expected: Expected
  ) throws -> (damage: ContentDamage?, bytes: UInt64)? {
    do {
      guard let found = try find(id, at: place, waits: true) else { return nil }
      return try check(found.file, found.location, found.head, expected)
    } catch ContentError.absent {
      return nil
    } catch ContentError.damaged {
      return (.head(of: id, at: place), UInt64(BodyHead.size))
    }
  }

  /// The bodies of a segment, freed ones included.
  func entries(of segment: Segment) throws -> [BodyEntry] {
    if let open = segment.state.withLock({ $0.entries }) { return open }
    let bytes = try readAll(segment.indexPath)
    if let known = SegmentIndexFile(bytes, segment: segment.number, log: log) {
      return known.entries
    }
    let file = try files.file(segment.number, path: segment.path)
    var scanner = try SegmentScanner(
      file, segment: segment.number, from: UInt64(SegmentHead.size))
    return try scanner.all().entries
  }

  /// Compares stored bytes with their checksums and, where it is known, the digest.
  func check(
    _ file: any DiskFile, _ location: BodyLocation, _ head: BodyHead, _ expected: Expected?
  ) throws -> (damage: ContentDamage?, bytes: UInt64) {
    let damage = { (chunk: UInt64?, what: String) -> (ContentDamage?, UInt64) in
      (
        ContentDamage(
          content: head.content, segment: UInt64(location.segment), offset: location.offset,
          chunk: chunk, what: what), head.span
      )
    }
    let body = location.offset + UInt64(BodyHead.size)
    let checks = try file.read(Int(head.checksLength), at: body + head.sealedLength)
    guard checks.count == Int(head.checksLength) else { return damage(nil, "it is cut off") }
    var hash = SHA256Stream()
    var wrong: UInt64?
    var chunk: UInt64 = 0
    try pieces(file, body, head) { sealed in
      hash.update(sealed)
      let now = ChunkSeal.checks(of: sealed.span)
      for index in stride(from: 0, to: now.count, by: 4) where wrong == nil {
        let at = Int(chunk) * 4 + index
        if at + 4 > checks.count || now[index..<index + 4] != checks[at..<at + 4] {
          wrong = UInt64(at / 4)
        }
      }
      chunk += UInt64(now.count / 4)
    }
    if let wrong { return damage(wrong, "it is not what was written") }
    guard let expected else { return (nil, head.span) }
    if hash.finish() != expected.sha256 { return damage(nil, "its digest is another") }
    if head.plainLength != expected.plainLength { return damage(nil, "its length is another") }
    return (nil, head.span)
  }

  /// Reads a body's sealed bytes, 16 chunks at a time.
  private func pieces(
    _ file: any DiskFile, _ body: UInt64, _ head: BodyHead, _ take: ([UInt8]) throws -> Void
  ) throws {
    let most = UInt64(Self.pieceChunks * (ChunkSeal.chunkSize + ChunkSeal.tagSize))
    var done: UInt64 = 0
    while done < head.sealedLength {
      let sealed = try file.read(Int(min(most, head.sealedLength - done)), at: body + done)
      guard !sealed.isEmpty else { return try take([0]) }
      try take(sealed)
      done += UInt64(sealed.count)
    }
  }
}
