/// The header of a message or part, taken apart into fields. RFC 5322 §2.2
///
/// It accepts what stored mail may hold: lines that end in a bare LF, a header that the end of the
/// octets cuts off, and lines that are no field, which it leaves out of `fields`. Work and memory
/// are in proportion to the header.
public struct HeaderBlock: Sendable {
  public let bytes: [UInt8]
  /// The fields in the order in which they are written.
  public let fields: [HeaderField]
  /// The octets of the header, with the empty line that ends it if there is one.
  public let length: Int
  /// The octets of the lines that are neither a field nor part of one.
  public let strays: Int

  /// Parses the header at the start of `bytes`; what follows the first empty line is ignored.
  public init(_ bytes: [UInt8]) {
    var fields: [HeaderField] = []
    var strays = 0
    var position = 0
    var isInField = false
    let span = bytes.span
    while position < span.count {
      let start = position
      var end = span.lineFeed(from: start)
      position = min(end + 1, span.count)
      if end > start, end < span.count, span[end - 1] == .carriageReturn { end -= 1 }
      if end == start { break }
      if span[start].isBlank, isInField {
        fields[fields.count - 1].value = fields[fields.count - 1].value.lowerBound..<end
        fields[fields.count - 1].lines = fields[fields.count - 1].lines.lowerBound..<position
      } else if let (nameEnd, valueStart) = HeaderField.split(span.extracting(start..<end)) {
        fields.append(
          HeaderField(
            name: start..<(start + nameEnd), value: (start + valueStart)..<end,
            lines: start..<position))
        isInField = true
      } else {
        strays += position - start
        isInField = false
      }
    }
    self.bytes = bytes
    self.fields = fields
    self.strays = strays
    length = position
  }

  /// Whether `field` is called `name`, in whatever case.
  public func isNamed(_ field: HeaderField, _ name: [UInt8]) -> Bool {
    guard field.name.count == name.count else { return false }
    var position = field.name.lowerBound
    for byte in name {
      guard bytes[position].lowercased == byte.lowercased else { return false }
      position += 1
    }
    return true
  }

  /// The first field called `name`, in whatever case.
  public func first(_ name: String) -> HeaderField? {
    let octets = Array(name.utf8)
    return fields.first { isNamed($0, octets) }
  }

  /// The value of `field`, unfolded.
  public func value(_ field: HeaderField) -> [UInt8] {
    Unfolding.unfold(bytes.span.extracting(field.value))
  }

  /// The unfolded value of the first field called `name`, or nil.
  public func value(_ name: String) -> [UInt8]? {
    first(name).map { value($0) }
  }
}
