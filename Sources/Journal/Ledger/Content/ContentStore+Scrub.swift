import Events
import Platform
import Synchronization

extension ContentStore {
  /// What a body must be: the digest and length that its event tells.
  public typealias Expected = (sha256: Digest, plainLength: UInt64)

  private static let pieceChunks = 16

  /// Checks one stored body against its digest, without its key. Nil where it is as it must be.
  ///
  /// - Throws: `ContentError.absent`; `SystemError`.
  public func check(_ id: ContentID, _ expected: Expected) throws -> ContentDamage? {
    while true {
      let places = index.candidates(id)
      do {
        guard let found = try find(id, places, waits: true) else { return nil }
        let damage = try check(found.file, found.location, found.head, expected)
        if damage != nil, index.candidates(id) != places { continue }
        return damage
      } catch ContentError.damaged(_, let segment, let offset, _) {
        if index.candidates(id) != places { continue }
        return ContentDamage(
          content: id, segment: segment, offset: offset, chunk: nil, what: "its head is damaged")
      } catch ContentError.absent(let id) {
        if try index.candidates(id) != places || catchUp() { continue }
        throw ContentError.absent(id)
      }
    }
  }

  /// Checks every body in every segment, and tells each damaged one.
  ///
  /// - Parameters:
  ///   - expected: what the journal says of a body; nil where no event names it.
  ///   - pace: asked after each body with its bytes; false ends the scrub.
  /// - Returns: how many bodies were checked.
  /// - Throws: `SystemError`; what `expected` throws.
  @discardableResult
  public func scrub(
    expected: (ContentID) throws -> Expected?, pace: (UInt64) -> Bool = { _ in true },
    damage: (ContentDamage) -> Void
  ) throws -> Int {
    var checked = 0
    let all = segments.withLock { $0.all.values.sorted { $0.number < $1.number } }
    for segment in all {
      for entry in try entries(of: segment) {
        let location = BodyLocation(segment: segment.number, offset: entry.offset)
        guard index.contains(entry.key, location) else { continue }
        if let found = try scrub(segment, location, expected),
          index.contains(entry.key, location)
        {
          damage(found)
        }
        checked += 1
        guard pace(entry.span) else { return checked }
      }
    }
    return checked
  }

  private func scrub(
    _ segment: Segment, _ location: BodyLocation,
    _ expected: (ContentID) throws -> Expected?
  ) throws -> ContentDamage? {
    guard segments.withLock({ $0.all[segment.number] }) != nil else { return nil }
    let file = try files.file(segment.number, path: segment.path)
    let bytes = try file.read(BodyHead.size, at: location.offset)
    guard let head = BodyHead(bytes.span, in: segment.number) else {
      return ContentDamage(
        content: nil, segment: UInt64(segment.number), offset: location.offset, chunk: nil,
        what: "its head is damaged")
    }
    if head.isErased { return nil }
    return try check(file, location, head, try expected(head.content))
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
  ) throws -> ContentDamage? {
    let damage = { (chunk: UInt64?, what: String) in
      ContentDamage(
        content: head.content, segment: UInt64(location.segment), offset: location.offset,
        chunk: chunk, what: what)
    }
    let body = location.offset + UInt64(BodyHead.size)
    let checks = try file.read(Int(head.checksLength), at: body + head.sealedLength)
    guard checks.count == Int(head.checksLength) else { return damage(nil, "it is cut off") }
    var hash = SHA256Stream()
    var found: ContentDamage?
    var chunk: UInt64 = 0
    try pieces(file, body, head) { sealed in
      hash.update(sealed)
      let now = ChunkSeal.checks(of: sealed.span)
      for index in stride(from: 0, to: now.count, by: 4) where found == nil {
        let at = Int(chunk) * 4 + index
        if at + 4 > checks.count || now[index..<index + 4] != checks[at..<at + 4] {
          found = damage(UInt64(at / 4), "it is not what was written")
        }
      }
      chunk += UInt64(now.count / 4)
    }
    if let found { return found }
    guard let expected else { return nil }
    if hash.finish() != expected.sha256 { return damage(nil, "its digest is another") }
    return head.plainLength == expected.plainLength ? nil : damage(nil, "its length is another")
  }

  /// Reads a body's sealed bytes, 16 chunks at a time.
  func pieces(
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
