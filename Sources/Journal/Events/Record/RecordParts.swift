/// A record on its way: header and payload are coded, the personal part waits to be sealed.
///
/// One value can code many records, one after another, in the same memory.
public struct RecordParts: Sendable {
  private var encoder = PartsEncoder()
  private var type = ""
  /// Octets that most records stay below.
  private static let room = 512

  /// The start of the record up to the end of the payload.
  public var open: [UInt8] { encoder.walk.open.bytes }
  /// The CBOR map of the personal fields; empty where there are none, and then nothing is sealed.
  public var personal: [UInt8] { encoder.walk.personal.bytes }

  /// Nothing yet; `code` is next.
  public init() {
    encoder.walk.open = CBORWriter(capacity: RecordParts.room)
  }

  public init(_ header: EventHeader, _ event: Event) {
    self.init()
    code(header, event)
  }

  /// Codes another event in the place of what was there.
  public mutating func code(_ header: EventHeader, _ event: Event) {
    encoder.walk.clear()
    encoder.walk.open.array(count: 5)
    encoder.walk.open.unsigned(Record.eventForm)
    header.encode(to: &encoder.walk.open)
    encoder.walk.begin()
    event.accept(&encoder)
    encoder.walk.finish()
    type = header.type.name
  }

  /// What the seal covers besides the personal part: form, header and payload, which are the bytes
  /// of `open` but the first.
  public func withAAD<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(open.span.extracting(1..<open.count))
  }

  /// The whole record.
  ///
  /// - Parameter sealed: `nonce || ciphertext || tag`, or empty where `personal` is.
  /// - Throws: `RecordError.tooLarge`.
  public consuming func record(sealed: [UInt8] = []) throws(RecordError) -> [UInt8] {
    try complete(sealed: sealed)
    return open
  }

  /// Makes `open` the whole record; see `record`.
  public mutating func complete(sealed: [UInt8]) throws(RecordError) {
    encoder.walk.open.octets(sealed)
    let size = encoder.walk.open.bytes.count + Record.checksumCount
    guard size <= Record.maximumSize else { throw .tooLarge(type: type, size: size) }
    Record.finished(&encoder.walk.open)
  }

  /// Seals the personal part, if there is one, and gives the whole record.
  ///
  /// - Parameters:
  ///   - nonce: 12 random octets, never used before with this key.
  ///   - seal: gives ciphertext and tag of the plain octets under the nonce and associated data.
  public consuming func record(
    nonce: [UInt8],
    seal: (_ plain: Span<UInt8>, _ nonce: [UInt8], _ aad: Span<UInt8>) -> [UInt8]
  ) throws(RecordError) -> [UInt8] {
    guard !personal.isEmpty else { return try record() }
    let body = withAAD { aad in seal(personal.span, nonce, aad) }
    return try record(sealed: nonce + body)
  }
}

/// Codes whatever payload it visits.
private struct PartsEncoder: PayloadVisitor {
  var walk = EncodingWalk()

  mutating func visit<Payload: EventPayload>(_ payload: Payload) {
    var copy = payload
    do { try copy.walk(&walk) } catch { preconditionFailure("encoding cannot fail: \(error)") }
  }
}
