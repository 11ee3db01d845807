import Ledger

/// Decides nothing: makes the Scribe begin a batch and answers once what was asked before is decided.
public struct NoDecision: Decision {
  public typealias View = StateView

  public init() {}

  public var freesSpace: Bool { true }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    Outcome(drafts: [])
  }
}
