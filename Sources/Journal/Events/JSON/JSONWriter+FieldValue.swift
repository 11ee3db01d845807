extension JSONWriter {
  public mutating func member(_ name: String, _ value: some FieldValue) {
    key(name)
    value.render(to: &self)
  }

  /// The member, or nothing where there is no value.
  public mutating func member(_ name: String, ifAny value: (some FieldValue)?) {
    if let value { member(name, value) }
  }
}
