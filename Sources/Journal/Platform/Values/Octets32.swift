import CPlatform

/// Thirty-two bytes held in place: what `Digest` and `Key` are made of.
struct Octets32: Sendable {
  var a: UInt64 = 0
  var b: UInt64 = 0
  var c: UInt64 = 0
  var d: UInt64 = 0

  init() {}

  /// Exactly 32 bytes, or nil.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == 32 else { return nil }
    bytes.withUnsafeBytes { source in
      withUnsafeMutableBytes { $0.copyMemory(from: source) }
    }
  }

  /// The bytes that `fill` writes, all 32 of them.
  init(filling fill: (UnsafeMutableRawBufferPointer) -> Void) {
    withUnsafeMutableBytes(fill)
  }

  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    Swift.withUnsafeBytes(of: self) { body($0) }
  }

  mutating func withUnsafeMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    Swift.withUnsafeMutableBytes(of: &self) { body($0) }
  }

  var bytes: [UInt8] {
    withUnsafeBytes { [UInt8]($0) }
  }
}

extension Octets32: Hashable {
  /// Takes the same time wherever the bytes differ.
  static func == (left: Octets32, right: Octets32) -> Bool {
    let different =
      (left.a ^ right.a) | (left.b ^ right.b) | (left.c ^ right.c) | (left.d ^ right.d)
    return different == 0
  }
}
