/// Writes the fields of a payload as two CBOR maps, the public and the personal one.
struct EncodingWalk: FieldWalker {
  /// The public map is written behind what is here already.
  var open = CBORWriter()
  /// Empty where there is no personal field with a value.
  private(set) var personal = CBORWriter()
  private var openMap = (start: 0, outer: UInt8(0))
  private var personalMap = (start: 0, outer: UInt8(0))

  /// Forgets what was written, and keeps the memory.
  mutating func clear() {
    open.clear()
    personal.clear()
  }

  /// Begins the public map at the end of `open`; the personal one begins with its first field.
  mutating func begin() {
    openMap = open.beginMap()
  }

  /// Ends both maps.
  mutating func finish() {
    open.endMap(openMap.start, openMap.outer)
    if !personal.bytes.isEmpty { personal.endMap(personalMap.start, personalMap.outer) }
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value) {
    open.pair(name, value)
  }

  mutating func `public`<Value: FieldValue>(_ name: StaticString, _ value: inout Value?) {
    open.pair(name, value)
  }

  mutating func personal<Value: FieldValue>(_ name: StaticString, _ value: inout Personal<Value>) {
    guard case .value(let value) = value else { return }
    if personal.bytes.isEmpty {
      personal.bytes.reserveCapacity(256)
      personalMap = personal.beginMap()
    }
    personal.pair(name, value)
  }

  mutating func secret(_ name: StaticString, _ slot: inout Slot) { open.pair(name, slot) }

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) { open.pair(name, slot) }
}
