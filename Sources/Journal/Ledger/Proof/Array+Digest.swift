import Platform

extension [Digest] {
  /// The digests that lie one after another in `bytes`; nil where the last is not whole.
  init?(concatenated bytes: Span<UInt8>) {
    guard bytes.count.isMultiple(of: 32) else { return nil }
    self = []
    reserveCapacity(bytes.count / 32)
    var start = 0
    while start < bytes.count {
      guard let digest = Digest(bytes: bytes.extracting(start..<start + 32)) else { return nil }
      append(digest)
      start += 32
    }
  }

  /// Appends the bytes of each digest.
  func append(to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + 32 * count)
    for digest in self { digest.append(to: &bytes) }
  }
}
