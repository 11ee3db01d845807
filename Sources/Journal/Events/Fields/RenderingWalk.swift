/// Shows the fields of a payload as members of two JSON objects, the public and the personal ones.
struct RenderingWalk: FieldWalker {
  private(set) var publicFields = JSONWriter()
  private(set) var personalFields = JSONWriter()
  /// Whether there is a personal field that has a value.
  private(set) var hasPersonal = false
  /// Whether there is a personal field that cannot be read.
  private(set) var isErased = false

  init() {
    publicFields.beginObject()
    personalFields.beginObject()
  }

  mutating func finish() {
    publicFields.endObject()
    personalFields.endObject()
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    publicFields.member(name.description, field: value)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    publicFields.member(name.description, ifAny: value)
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {
    switch value {
    case .value(let value):
      hasPersonal = true
      personalFields.member(name.description, field: value)
    case .absent: break
    case .erased: isErased = true
    }
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) {
    publicFields.member(name.description, field: slot)
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) {
    publicFields.member(name.description, ifAny: slot)
  }
}
