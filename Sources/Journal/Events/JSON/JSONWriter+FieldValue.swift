extension JSONWriter {
  /// A member with a value as events show it: an id as text, octets as text where they are UTF-8.
  public mutating func member(_ name: String, field value: some FieldValue) {
    key(name)
    value.render(to: &self)
  }

  /// The member, or nothing where there is no value.
  public mutating func member(_ name: String, ifAny value: (some FieldValue)?) {
    if let value { member(name, field: value) }
  }
}
