import Events
import Ledger
import Platform

/// Counts first attempts against the limits of the hour, of the domain and of the user: who is
/// admitted goes out now, the others wait for the next hour. SPEC §2.7
public struct AdmitDeliveries: Decision {
  public typealias View = StateView

  /// Recipients of one entry that are about to get their first attempt.
  public struct Item: Sendable {
    public let entry: Position
    public let recipients: [Int]

    public init(_ entry: Position, _ recipients: [Int]) {
      self.entry = entry
      self.recipients = recipients
    }
  }

  public struct Admission: Hashable, Sendable {
    /// Who may be attempted now: who was admitted before, too.
    public internal(set) var admitted: [Int] = []
    /// When the others may be; nil where there are none.
    public internal(set) var heldUntil: Timestamp?
  }

  /// In the order in which they are admitted.
  public let items: [Item]

  public init(_ items: [Item]) { self.items = items }

  /// An admission for each item; nobody is admitted of entries that are gone, held or deleted.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<[Admission]> {
    var plan = AdmissionPlan(moment)
    let answer = try items.map { try plan.admit($0, view) }
    return Outcome(drafts: plan.drafts, answer: answer)
  }
}
