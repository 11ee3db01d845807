import Events
import Platform

/// Where a body lies: segment and offset of its head.
struct BodyLocation: Hashable, Sendable {
  let segment: UInt32
  let offset: UInt64
}

/// One body as a segment's index file and the index in memory know it.
struct BodyEntry: Hashable, Sendable {
  /// The first eight bytes of the content id, which are random.
  let key: UInt64
  /// The offset of the head, a multiple of 8 below 32 GiB.
  let offset: UInt64
  /// Bytes from the head to the next.
  let span: UInt64

  init(key: UInt64, offset: UInt64, span: UInt64) {
    self.key = key
    self.offset = offset
    self.span = span
  }

  init(_ head: BodyHead, at offset: UInt64) {
    self.init(key: head.content.rawValue.high, offset: offset, span: head.span)
  }
}
