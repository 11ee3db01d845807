/// The first bytes of an item: its major type and argument. RFC 8949 §3
struct CBORHead {
  var major: UInt8
  var argument: UInt64
}

extension CBORCursor {
  /// Reads a head. Of simple values only bool and null pass; tags and indefinite lengths do not.
  @inline(__always)
  mutating func head(in bytes: Span<UInt8>) throws(CBORError) -> CBORHead {
    let start = offset
    guard start >= 0, start < bytes.count else { throw .truncated(at: start) }
    let first = bytes[start]
    let major = first >> 5
    let short = first & 31
    guard short >= 24 || major >= 6 else {
      offset = start + 1
      return CBORHead(major: major, argument: UInt64(short))
    }
    return try longHead(major, short, in: bytes)
  }

  private mutating func longHead(
    _ major: UInt8, _ short: UInt8, in bytes: Span<UInt8>
  ) throws(CBORError) -> CBORHead {
    let start = offset
    if major >= 6 {
      let isKnown = short >= UInt8(CBORMajor.false) && short <= UInt8(CBORMajor.null)
      guard major == CBORMajor.simple, isKnown else { throw .unsupported(at: start) }
      offset = start + 1
      return CBORHead(major: major, argument: UInt64(short))
    }
    guard short <= 27 else { throw .unsupported(at: start) }
    let width = 1 << Int(short - 24)
    guard bytes.count - start > width else { throw .truncated(at: start) }
    var argument: UInt64 = 0
    for index in start + 1...start + width {
      argument = argument << 8 | UInt64(bytes[index])
    }
    let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
    guard argument >= least else { throw .notShortest(at: start) }
    offset = start + 1 + width
    return CBORHead(major: major, argument: argument)
  }
}
