import Platform

/// Collects the ids in the public fields of a payload.
struct EntityWalk: FieldWalker {
  var entities: [ID]

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    value.collect(into: &entities)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    value?.collect(into: &entities)
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {}

  mutating func secret(_ name: StaticString, _ slot: inout Slot) {}

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) {}
}
