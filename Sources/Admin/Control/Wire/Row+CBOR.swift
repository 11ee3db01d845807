import Events

extension Row {
  /// Appends the row as an array of alternating names and values, which keeps their order.
  func write(to writer: inout CBORWriter) {
    writer.array(count: names.count * 2)
    for (name, value) in zip(names, values) {
      writer.text(name)
      value.write(to: &writer)
    }
  }

  init(_ cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let count = try cursor.enterArray(in: bytes)
    for _ in 0..<(count / 2) {
      let name = try cursor.text(in: bytes)
      self[String(copying: name, of: bytes)] = try Value(&cursor, in: bytes)
    }
    cursor.leave()
  }
}

extension Row.Value {
  /// Each value is a pair of its kind and its content.
  func write(to writer: inout CBORWriter) {
    writer.array(count: 2)
    switch self {
    case .null:
      writer.unsigned(0)
      writer.null()
    case .bool(let bool):
      writer.unsigned(1)
      writer.bool(bool)
    case .number(let number):
      writer.unsigned(2)
      writer.unsigned(number)
    case .text(let text):
      writer.unsigned(3)
      writer.text(text)
    case .list(let values):
      writer.unsigned(4)
      writer.array(count: values.count)
      for value in values { value.write(to: &writer) }
    case .row(let row):
      writer.unsigned(5)
      row.write(to: &writer)
    }
  }

  init(_ cursor: inout CBORCursor, in bytes: Span<UInt8>) throws(CBORError) {
    let start = cursor.offset
    guard try cursor.enterArray(in: bytes) == 2 else { throw .unexpected(at: start) }
    switch try cursor.unsigned(in: bytes) {
    case 0:
      try cursor.skip(in: bytes)
      self = .null
    case 1: self = .bool(try cursor.bool(in: bytes))
    case 2: self = .number(try cursor.unsigned(in: bytes))
    case 3: self = .text(String(copying: try cursor.text(in: bytes), of: bytes))
    case 4: self = .list(try Self.values(&cursor, in: bytes))
    case 5: self = .row(try Row(&cursor, in: bytes))
    default: throw .unexpected(at: start)
    }
    cursor.leave()
  }

  private static func values(
    _ cursor: inout CBORCursor, in bytes: Span<UInt8>
  ) throws(CBORError) -> [Row.Value] {
    var values: [Row.Value] = []
    for _ in 0..<(try cursor.enterArray(in: bytes)) {
      values.append(try Row.Value(&cursor, in: bytes))
    }
    cursor.leave()
    return values
  }
}

extension String {
  init(copying range: Range<Int>, of bytes: Span<UInt8>) {
    self = String(decoding: [UInt8](copying: range, of: bytes), as: UTF8.self)
  }
}
