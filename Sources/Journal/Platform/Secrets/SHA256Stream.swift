import CPlatform

/// A SHA-256 over parts that arrive one after another.
public struct SHA256Stream: ~Copyable {
  private let stream: OpaquePointer

  public init() {
    guard let stream = daybook_sha256_stream_create() else { fatalError("out of memory") }
    self.stream = stream
  }

  deinit { daybook_sha256_stream_destroy(stream) }

  /// Takes in the next part.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    daybook_sha256_stream_update(stream, bytes.baseAddress, bytes.count)
  }

  /// Takes in the next part.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Takes in the next part.
  public mutating func update(_ bytes: Span<UInt8>) {
    update(bytes.bytes)
  }

  /// Takes in the next part.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span.bytes)
  }

  /// The digest of every part.
  public consuming func finish() -> Digest {
    Digest(octets: Octets32 { daybook_sha256_stream_finish(stream, $0.baseAddress) })
  }
}
