import Platform

/// Sealing in chunks of 64 KiB, each with its own tag, so that a part can be released as soon as it
/// is verified, and a cut or reordered whole is noticed (the STREAM construction).
///
/// Nonce: 7 random bytes of the whole, 4 bytes chunk number from 0, big endian, 1 byte that is 1 in
/// the last chunk and 0 before. An empty whole is one chunk without bytes.
struct ChunkSeal {
  /// Plaintext bytes of every chunk but the last.
  static let chunkSize = 65_536
  /// Bytes of a chunk's tag.
  static let tagSize = Cipher.tagCount
  /// Bytes of the random part of the nonces.
  static let prefixSize = 7
  /// The largest whole: the counter has 32 bits, segments 32 GiB.
  static let maximumByteCount = UInt64(16) << 30

  let cipher: Cipher
  let prefix: [UInt8]
  let aad: [UInt8]

  init(key: Key, prefix: [UInt8], aad: [UInt8]) {
    precondition(prefix.count == ChunkSeal.prefixSize, "a nonce prefix has 7 bytes")
    cipher = Cipher(key)
    self.prefix = prefix
    self.aad = aad
  }

  /// How many chunks a whole of `byteCount` bytes has: at least one.
  static func chunks(of byteCount: UInt64) -> UInt64 {
    max(1, (byteCount + UInt64(chunkSize) - 1) / UInt64(chunkSize))
  }

  /// Bytes of the sealed form.
  static func sealedLength(of byteCount: UInt64) -> UInt64 {
    byteCount + chunks(of: byteCount) * UInt64(tagSize)
  }

  /// Appends one sealed chunk.
  func seal(_ plain: Span<UInt8>, chunk: UInt64, isLast: Bool, to sealed: inout [UInt8]) {
    let nonce = nonce(chunk, isLast)
    unsafe cipher.seal(
      plain.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, appendingTo: &sealed)
  }

  /// Appends one opened chunk; false, and nothing is appended, where it was changed.
  func open(_ sealed: Span<UInt8>, chunk: UInt64, isLast: Bool, to plain: inout [UInt8]) -> Bool {
    let nonce = nonce(chunk, isLast)
    return unsafe cipher.open(
      sealed.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, appendingTo: &plain)
  }

  /// The sealed form of a whole.
  func seal(_ plain: Span<UInt8>) -> [UInt8] {
    var sealed: [UInt8] = []
    sealed.reserveCapacity(Int(ChunkSeal.sealedLength(of: UInt64(plain.count))))
    var start = 0
    var chunk: UInt64 = 0
    repeat {
      let end = min(start + ChunkSeal.chunkSize, plain.count)
      seal(plain.extracting(start..<end), chunk: chunk, isLast: end == plain.count, to: &sealed)
      start = end
      chunk += 1
    } while start < plain.count
    return sealed
  }

  /// The whole; nil where anything was changed, cut or added.
  func open(_ sealed: Span<UInt8>) -> [UInt8]? {
    var plain: [UInt8] = []
    plain.reserveCapacity(sealed.count)
    var start = 0
    var chunk: UInt64 = 0
    repeat {
      let end = min(start + ChunkSeal.chunkSize + ChunkSeal.tagSize, sealed.count)
      let part = sealed.extracting(start..<end)
      guard open(part, chunk: chunk, isLast: end == sealed.count, to: &plain) else { return nil }
      start = end
      chunk += 1
    } while start < sealed.count
    return plain
  }

  private func nonce(_ chunk: UInt64, _ isLast: Bool) -> [UInt8] {
    var nonce = prefix
    nonce.reserveCapacity(Cipher.nonceCount)
    nonce.append(bigEndian: UInt32(truncatingIfNeeded: chunk))
    nonce.append(isLast ? 1 : 0)
    return nonce
  }
}
