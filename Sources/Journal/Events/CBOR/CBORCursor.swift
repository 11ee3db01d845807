/// A place in CBOR bytes, and how to read on from there without copying. RFC 8949
///
/// The bytes are lent with each call, so that a cursor can be kept while a span cannot. Whatever
/// the bytes are, reading ends with a value or a `CBORError`, never with a trap. Arguments must be
/// in shortest form; order of keys and the UTF-8 of skipped text are checked by `validate` only.
public struct CBORCursor: Hashable, Sendable {
  /// How deep arrays and maps may be nested.
  public static let maximumDepth = 256

  /// The next byte to be read.
  public internal(set) var offset: Int
  var depth = 0

  public init(at offset: Int = 0) {
    self.offset = offset
  }

  public mutating func unsigned(in bytes: Span<UInt8>) throws(CBORError) -> UInt64 {
    let start = offset
    let head = try head(in: bytes)
    guard head.major == CBORMajor.unsigned else { throw .unexpected(at: start) }
    return head.argument
  }

  public mutating func integer(in bytes: Span<UInt8>) throws(CBORError) -> Int64 {
    let start = offset
    let head = try head(in: bytes)
    guard head.major <= CBORMajor.negative else { throw .unexpected(at: start) }
    guard let value = Int64(exactly: head.argument) else { throw .outOfRange(at: start) }
    return head.major == CBORMajor.unsigned ? value : ~value
  }

  public mutating func bool(in bytes: Span<UInt8>) throws(CBORError) -> Bool {
    let start = offset
    let head = try head(in: bytes)
    guard head.major == CBORMajor.simple, head.argument != CBORMajor.null else {
      throw .unexpected(at: start)
    }
    return head.argument == CBORMajor.true
  }

  /// Steps over a null, if that is what comes next.
  public mutating func skippedNull(in bytes: Span<UInt8>) -> Bool {
    let null = CBORMajor.simple << 5 | UInt8(CBORMajor.null)
    guard offset < bytes.count, bytes[offset] == null else { return false }
    offset += 1
    return true
  }

  /// The range of a byte string, without its head.
  public mutating func octets(in bytes: Span<UInt8>) throws(CBORError) -> Range<Int> {
    try string(CBORMajor.bytes, in: bytes)
  }

  /// The range of a text, without its head; that it is UTF-8 is not checked.
  public mutating func text(in bytes: Span<UInt8>) throws(CBORError) -> Range<Int> {
    try string(CBORMajor.text, in: bytes)
  }

  /// The number of items in the array that starts here; `leave` must follow the last of them.
  public mutating func enterArray(in bytes: Span<UInt8>) throws(CBORError) -> Int {
    try enter(CBORMajor.array, bytesPerItem: 1, in: bytes)
  }

  /// The number of pairs in the map that starts here; `leave` must follow the last of them.
  public mutating func enterMap(in bytes: Span<UInt8>) throws(CBORError) -> Int {
    try enter(CBORMajor.map, bytesPerItem: 2, in: bytes)
  }

  /// Ends what `enterArray` or `enterMap` began.
  public mutating func leave() {
    depth -= 1
  }

  /// Steps over one item, whatever it is, and gives its range.
  @discardableResult
  public mutating func skip(in bytes: Span<UInt8>) throws(CBORError) -> Range<Int> {
    let start = offset
    var pending = 1
    while pending > 0 {
      let here = offset
      let head = try head(in: bytes)
      pending -= 1
      switch head.major {
      case CBORMajor.bytes, CBORMajor.text:
        offset += try length(head.argument, bytesPerItem: 1, at: here, in: bytes)
      case CBORMajor.array:
        pending += try length(head.argument, bytesPerItem: 1, at: here, in: bytes)
      case CBORMajor.map:
        pending += try 2 * length(head.argument, bytesPerItem: 2, at: here, in: bytes)
      default: break
      }
    }
    return start..<offset
  }

  private mutating func string(
    _ major: UInt8, in bytes: Span<UInt8>
  ) throws(CBORError) -> Range<Int> {
    let here = offset
    let head = try head(in: bytes)
    guard head.major == major else { throw .unexpected(at: here) }
    let start = offset
    offset += try length(head.argument, bytesPerItem: 1, at: here, in: bytes)
    return start..<offset
  }

  private mutating func enter(
    _ major: UInt8, bytesPerItem: Int, in bytes: Span<UInt8>
  ) throws(CBORError) -> Int {
    let here = offset
    guard depth < CBORCursor.maximumDepth else { throw .tooDeep(at: here) }
    let head = try head(in: bytes)
    guard head.major == major else { throw .unexpected(at: here) }
    depth += 1
    return try length(head.argument, bytesPerItem: bytesPerItem, at: here, in: bytes)
  }

  /// A count that the bytes left can hold.
  private func length(
    _ argument: UInt64, bytesPerItem: Int, at start: Int, in bytes: Span<UInt8>
  ) throws(CBORError) -> Int {
    guard argument <= UInt64((bytes.count - offset) / bytesPerItem) else {
      throw .truncated(at: start)
    }
    return Int(argument)
  }
}
