import Testing

/// Records an issue where `actual` differs from `expected`.
///
/// A function instead of `#expect` in data tables: each `#expect` costs 25 ms to compile.
public func check<Value: Equatable>(
  _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual != expected else { return }
  Issue.record("\(what()): got \(actual), expected \(expected)", sourceLocation: sourceLocation)
}

/// Records an issue where `condition` does not hold.
public func check(
  _ condition: Bool, _ what: @autoclosure () -> String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard !condition else { return }
  Issue.record("\(what())", sourceLocation: sourceLocation)
}
