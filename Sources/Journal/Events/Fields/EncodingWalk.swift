/// Writes the fields of one half of a payload, public or personal, as a CBOR map.
struct EncodingWalk: FieldWalker {
  private var writer: CBORWriter
  private let isPersonal: Bool
  private let start: Int
  private let outer: UInt8

  /// Takes the writer until `finish` gives it back.
  init(_ writer: consuming CBORWriter, personal: Bool) {
    self.writer = writer
    isPersonal = personal
    (start, outer) = self.writer.beginMap()
  }

  /// The writer with the map at its end, and whether the map has any field.
  consuming func finish() -> (writer: CBORWriter, isFilled: Bool) {
    let isFilled = writer.endMap(start, outer)
    return (writer, isFilled)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    if !isPersonal { writer.pair(name, value) }
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    if !isPersonal { writer.pair(name, value) }
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {
    if isPersonal { writer.pair(name, value.value) }
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) {
    if !isPersonal { writer.pair(name, slot) }
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) {
    if !isPersonal { writer.pair(name, slot) }
  }
}
