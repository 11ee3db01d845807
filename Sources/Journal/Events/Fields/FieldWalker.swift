/// Visits the fields of a payload in the order in which they are declared.
///
/// A payload declares its fields once, in `walk`. What encodes it, decodes it, shows it as JSON and
/// lists it in the documentation are walkers. Fields of one map, public and secret together, the
/// personal ones apart, are declared in key order: the shorter name first, then alphabetically.
public protocol FieldWalker {
  mutating func `public`<Value: FieldValue>(
    _ name: StaticString, _ value: inout Value) throws(DecodingFailure)

  /// A field that is left out where there is no value.
  mutating func `public`<Value: FieldValue>(
    _ name: StaticString, _ value: inout Value?) throws(DecodingFailure)

  mutating func personal<Value: FieldValue>(
    _ name: StaticString, _ value: inout Personal<Value>) throws(DecodingFailure)

  mutating func secret(_ name: StaticString, _ slot: inout Slot) throws(DecodingFailure)

  mutating func secret(_ name: StaticString, _ slot: inout Slot?) throws(DecodingFailure)
}
