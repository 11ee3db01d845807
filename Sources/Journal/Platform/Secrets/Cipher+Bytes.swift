extension Cipher {
  /// Appends the sealed form of `plain`, 16 bytes longer, to `sealed`.
  public func seal(
    _ plain: RawSpan, nonce: RawSpan, aad: RawSpan, appendingTo sealed: inout [UInt8]
  ) {
    let start = sealed.count
    sealed.append(contentsOf: repeatElement(0, count: plain.byteCount + Self.tagCount))
    sealed.withUnsafeMutableBytes { room in
      let room = UnsafeMutableRawBufferPointer(rebasing: room[start...])
      plain.withUnsafeBytes { plain in
        nonce.withUnsafeBytes { nonce in
          aad.withUnsafeBytes { seal(plain, nonce: nonce, aad: $0, into: room) }
        }
      }
    }
  }

  /// Appends the plain form of `sealed`, 16 bytes shorter, to `plain`; false, and nothing is
  /// appended, where it does not open.
  public func open(
    _ sealed: RawSpan, nonce: RawSpan, aad: RawSpan, appendingTo plain: inout [UInt8]
  ) -> Bool {
    guard sealed.byteCount >= Self.tagCount else { return false }
    let start = plain.count
    plain.append(contentsOf: repeatElement(0, count: sealed.byteCount - Self.tagCount))
    let isOpen = plain.withUnsafeMutableBytes { room in
      let room = UnsafeMutableRawBufferPointer(rebasing: room[start...])
      return sealed.withUnsafeBytes { sealed in
        nonce.withUnsafeBytes { nonce in
          aad.withUnsafeBytes { open(sealed, nonce: nonce, aad: $0, into: room) }
        }
      }
    }
    if !isOpen { plain.removeLast(plain.count - start) }
    return isOpen
  }

  /// The sealed form of `plain`, 16 bytes longer. `nonce` is 12 bytes.
  public func seal(_ plain: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8] {
    var sealed: [UInt8] = []
    seal(plain.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, appendingTo: &sealed)
    return sealed
  }

  /// The plain form of `sealed`, 16 bytes shorter; nil where it does not open.
  public func open(_ sealed: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8]? {
    var plain: [UInt8] = []
    let isOpen = open(
      sealed.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, appendingTo: &plain)
    return isOpen ? plain : nil
  }
}
