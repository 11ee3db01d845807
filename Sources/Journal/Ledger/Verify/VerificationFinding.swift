import Events

/// One place where what is stored is not what was written.
public struct VerificationFinding: Hashable, Sendable {
  /// The record it concerns, or where it was noticed; nil where no position can be told.
  public let position: Position?
  /// What is wrong, in one line without personal data.
  public let what: String

  public init(position: Position?, what: String) {
    self.position = position
    self.what = what
  }
}

extension VerificationFinding: CustomStringConvertible {
  public var description: String {
    position.map { "position \($0): \(what)" } ?? what
  }
}
