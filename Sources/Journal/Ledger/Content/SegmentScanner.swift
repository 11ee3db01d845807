import Events
import Platform

/// Finds the bodies of a segment by their heads, also behind a place that holds none.
///
/// The segment number and the checksum in each head keep anything else from being taken for one:
/// sealed bytes, what a crash tore, and what a file of an older segment left behind.
struct SegmentScanner {
  private static let windowSize = 1 << 20

  private let file: any DiskFile
  private let segment: UInt32
  private let size: UInt64
  private var window: [UInt8] = []
  private var windowStart: UInt64 = 0
  private(set) var offset: UInt64

  init(_ file: any DiskFile, segment: UInt32, from offset: UInt64) throws {
    self.file = file
    self.segment = segment
    self.offset = offset
    size = try file.size()
  }

  /// The head at `offset`, where one lies there with its whole body; moves behind the body.
  mutating func next() throws -> (head: BodyHead, offset: UInt64)? {
    guard offset + UInt64(BodyHead.size) <= size else { return nil }
    try fill()
    let start = Int(offset - windowStart)
    guard
      let head = BodyHead(
        window.span.extracting(start..<start + BodyHead.size), in: segment),
      offset + head.span <= size
    else { return nil }
    defer { offset += head.span }
    return (head, offset)
  }

  /// Moves to the next body behind `offset`, over whatever lies before it; false where there is none.
  mutating func skip() throws -> Bool {
    var candidate = offset + BodyHead.alignment
    while candidate + UInt64(BodyHead.size) <= size {
      offset = candidate
      try fill()
      guard let found = nearestMagic() else {
        candidate = windowStart + UInt64(window.count - BodyHead.size) / 8 * 8 + 8
        continue
      }
      offset = found
      if try next() != nil {
        offset = found
        return true
      }
      candidate = found + BodyHead.alignment
    }
    return false
  }

  /// The first offset from here on, in the window, where a head's first bytes lie.
  private func nearestMagic() -> UInt64? {
    let span = window.span
    var at = Int(offset - windowStart)
    while at + BodyHead.size <= span.count {
      if span[at] == 0x44, span.bigEndian(UInt32.self, at: at) == BodyHead.magic {
        return windowStart + UInt64(at)
      }
      at += Int(BodyHead.alignment)
    }
    return nil
  }

  private mutating func fill() throws {
    let end = offset + UInt64(BodyHead.size)
    guard offset < windowStart || end > windowStart + UInt64(window.count) else { return }
    windowStart = offset
    window = try file.read(Int(min(UInt64(Self.windowSize), size - offset)), at: offset)
    window.append(contentsOf: repeatElement(0, count: max(0, BodyHead.size - window.count)))
  }

  /// The head at `offset` but for one flipped bit, where one lies there with its whole body; moves
  /// behind the body. So damage to a head hides neither its place nor what follows it.
  private mutating func nextDamaged() throws -> (head: BodyHead, offset: UInt64)? {
    guard offset + UInt64(BodyHead.size) <= size else { return nil }
    try fill()
    let start = Int(offset - windowStart)
    let bytes = Array(copying: window.span.extracting(start..<start + BodyHead.size))
    guard let head = BodyHead(mending: bytes, in: segment), offset + head.span <= size else {
      return nil
    }
    defer { offset += head.span }
    return (head, offset)
  }

  /// Every body from `offset` on, and where the last one ends.
  mutating func all() throws -> (entries: [BodyEntry], end: UInt64) {
    var entries: [BodyEntry] = []
    var end = offset
    while true {
      while let (head, at) = try next() ?? nextDamaged() {
        if !head.isErased { entries.append(BodyEntry(head, at: at)) }
        end = offset
      }
      guard try skip() else { return (entries, end) }
    }
  }
}
