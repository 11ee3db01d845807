import Events
import Ledger

/// Journals that somebody, the actor of the request, read the journal.
public struct RecordReading: Decision {
  public typealias View = StateView

  public let reading: AuditRead

  public init(_ reading: AuditRead) { self.reading = reading }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    Outcome(drafts: [Draft(.auditRead(reading))])
  }
}
