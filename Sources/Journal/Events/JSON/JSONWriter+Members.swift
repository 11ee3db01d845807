extension JSONWriter {
  public mutating func member(_ name: String, _ value: String) {
    key(name)
    text(value)
  }

  public mutating func member(_ name: String, _ value: UInt64) {
    key(name)
    number(value)
  }

  public mutating func member(_ name: String, _ value: Int) {
    key(name)
    number(Int64(value))
  }

  public mutating func member(_ name: String, _ value: Double) {
    key(name)
    number(value)
  }

  public mutating func member(_ name: String, _ value: Bool) {
    key(name)
    bool(value)
  }

  public mutating func member(
    _ name: String, object members: (inout JSONWriter) throws -> Void
  ) rethrows {
    key(name)
    try object(members)
  }

  public mutating func member(
    _ name: String, array elements: (inout JSONWriter) throws -> Void
  ) rethrows {
    key(name)
    try array(elements)
  }
}
