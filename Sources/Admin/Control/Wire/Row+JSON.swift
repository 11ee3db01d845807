import Events

extension Row {
  /// The row as one JSON object without line breaks.
  public var json: String {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.text
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      for (name, value) in zip(names, values) {
        writer.key(name)
        value.write(to: &writer)
      }
    }
  }
}

extension Row.Value {
  func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let bool): writer.bool(bool)
    case .number(let number): writer.number(number)
    case .text(let text): writer.text(text)
    case .list(let values):
      writer.array { writer in for value in values { value.write(to: &writer) } }
    case .row(let row): row.write(to: &writer)
    }
  }

  /// The value as a cell of a table.
  public var cell: String {
    switch self {
    case .null: "-"
    case .bool(let bool): bool ? "yes" : "no"
    case .number(let number): String(number)
    case .text(let text): text
    case .list(let values):
      values.isEmpty ? "-" : values.map(\.cell).joined(separator: "; ")
    case .row(let row):
      zip(row.names, row.values).map { "\($0) \($1.cell)" }.joined(separator: ", ")
    }
  }
}
