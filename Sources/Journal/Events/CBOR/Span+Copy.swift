// Taking values out of lent bytes. Everything here is bounds-checked by the span: what is marked
// unsafe is a view of memory as bytes or as an integer, for which every bit pattern is a value.

extension Array where Element == UInt8 {
  /// The bytes of `range`, which must lie inside `bytes`.
  public init(copying range: Range<Int>, of bytes: Span<UInt8>) {
    let part = bytes.extracting(range)
    self = unsafe part.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }

  /// All of `bytes`.
  public init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }
}

extension String {
  /// The text in `range`, which must lie inside `bytes`, or nil where it is not UTF-8.
  init?(utf8 range: Range<Int>, in bytes: Span<UInt8>) {
    do { self = String(copying: try UTF8Span(validating: bytes.extracting(range))) } catch {
      return nil
    }
  }
}

extension Span where Element == UInt8 {
  /// The eight bytes from `offset` on, most significant first; they must lie inside the span.
  func bigEndian64(at offset: Int) -> UInt64 {
    let raw = unsafe bytes
    return UInt64(
      bigEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The four bytes from `offset` on, most significant first; they must lie inside the span.
  func bigEndian32(at offset: Int) -> UInt32 {
    let raw = unsafe bytes
    return UInt32(
      bigEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
