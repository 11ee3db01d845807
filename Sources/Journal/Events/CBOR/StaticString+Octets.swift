extension StaticString {
  /// Lends the bytes of the literal.
  ///
  /// The one place where the room touches a pointer of a literal; it lives as long as the process.
  @inline(__always)
  func withOctets<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    unsafe withUTF8Buffer { octets in unsafe body(octets) }
  }
}
