/// A personal value: there, not there, or not readable any more.
///
/// Readers and folds get one of the three, never an exception. A value is `erased` when its key is
/// destroyed or is not at hand; what a fold keeps must then be as if the value had been `absent`.
public enum Personal<Value: Sendable & Hashable>: Sendable, Hashable {
  case value(Value)
  case absent
  case erased

  /// The value where it can be read, else nil.
  public var value: Value? {
    if case .value(let value) = self { value } else { nil }
  }

  public init(_ value: Value?) {
    self = value.map(Personal.value) ?? .absent
  }
}
