import Events
import Followers
import Ledger
import Platform

/// The way of a replay through the journal: by the Chronicle where that knows a shorter one, else
/// record by record.
struct ReplayWalk {
  struct Entry {
    let recorded: Recorded
    let record: RawRecord
  }

  let source: ReplaySource
  private let filter: ReplayFilter
  /// Everything up to here was gone through.
  private(set) var position: Position

  init(_ source: ReplaySource, _ filter: ReplayFilter, after position: Position) {
    self.source = source
    self.filter = filter
    self.position = position
  }

  /// The next events that match, some at a time, perhaps none; nil when `last` is reached.
  mutating func page(through last: Position) throws -> [Entry]? {
    guard position < last else { return nil }
    let records = try candidates(through: last)
    let decoder = source.journal.reader.decoder()
    return try records.compactMap { record in
      let recorded = try decoder.decode(record)
      return filter.matches(recorded) ? Entry(recorded: recorded, record: record) : nil
    }
  }

  private mutating func candidates(through last: Position) throws -> [RawRecord] {
    let reader = source.journal.reader
    if let chronicle = source.chronicle,
      case let end = min(try chronicle.reached, last), position < end,
      let listed = try positions(chronicle)
    {
      let wanted = listed.filter { $0 <= end }
      // The last of a full list may not be the last there is.
      position = wanted.count == listed.count ? listed.last ?? end : end
      return try wanted.compactMap { try reader.record(at: $0) }
    }
    let records = try reader.records(after: position).filter { $0.position <= last }
    position = records.last?.position ?? last
    return records
  }

  /// What the Chronicle lists of the narrowest thing asked for; nil where it has no list of it.
  private func positions(_ chronicle: ChronicleIndex) throws -> [Position]? {
    if let session = filter.session {
      return try chronicle.positions(ofEntity: session.rawValue, after: position)
    }
    if let user = filter.actor?.user {
      return try chronicle.positions(ofEntity: user.rawValue, after: position)
    }
    return try filter.domain.map { try chronicle.positions(of: $0, after: position) }
  }
}
