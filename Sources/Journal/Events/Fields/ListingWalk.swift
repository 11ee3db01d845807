/// Collects what a payload declares, for the catalogue of events.
struct ListingWalk: FieldWalker {
  var fields: [Field] = []

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    add(name, Value.self, .public, isOptional: false)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    add(name, Value.self, .public, isOptional: true)
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {
    add(name, Value.self, .personal, isOptional: true)
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) {
    add(name, Slot.self, .secret, isOptional: false)
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) {
    add(name, Slot.self, .secret, isOptional: true)
  }

  private mutating func add<Value: FieldValue>(
    _ name: StaticString, _ type: Value.Type, _ fieldClass: FieldClass, isOptional: Bool
  ) {
    fields.append(
      Field(
        name: name.description, shape: type.shape, fieldClass: fieldClass, isOptional: isOptional))
  }
}
