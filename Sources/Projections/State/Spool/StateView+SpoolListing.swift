import Events
import Platform

extension StateView {
  /// Entries that are looked at in the order asked for, before all are sorted instead: a filter that
  /// few pass is answered sooner so.
  private static let mostLooks = 10_000

  /// One page of the spool, and where the next begins; nil where there is none.
  ///
  /// A page costs what it shows and what it passes over, whatever waits; of a filter that few
  /// entries pass, as much as reading all of them once.
  /// - Parameters:
  ///   - last: the last entry of the page before, where the order is `time`.
  ///   - offset: how many lines are passed over.
  public func spoolPage(
    _ filter: SpoolFilter, by order: SpoolOrder = .time, after last: Position? = nil,
    offset: Int = 0, limit: Int
  ) throws -> [SpoolLine] {
    let entries =
      order == .time
      ? try oldest(filter, after: last, offset: offset, limit: limit)
      : try ranked(filter, by: order, offset: offset, limit: limit)
        ?? sorted(filter, by: order, offset: offset, limit: limit)
    return try entries.map { try spoolLine($0) }
  }

  private func oldest(
    _ filter: SpoolFilter, after last: Position?, offset: Int, limit: Int
  ) throws -> [SpoolEntry] {
    var found: [SpoolEntry] = []
    var passed = 0
    guard limit > 0 else { return [] }
    try eachSpoolEntry(after: last) { entry in
      guard try matches(entry, filter) else { return true }
      passed += 1
      if passed > offset { found.append(entry) }
      return found.count < limit
    }
    return found
  }

  /// By the tables that hold the order; nil where they do not tell it all, or too few match.
  private func ranked(
    _ filter: SpoolFilter, by order: SpoolOrder, offset: Int, limit: Int
  ) throws -> [SpoolEntry]? {
    var found: [SpoolEntry] = []
    var (looks, passed) = (0, 0)
    guard limit > 0 else { return [] }
    try eachRanked(by: order) { id in
      looks += 1
      if filter.isEmpty, passed < offset {
        passed += 1
        return true
      }
      guard filter.isEmpty || looks <= Self.mostLooks else { return false }
      guard let entry = try spoolEntry(id), try matches(entry, filter) else { return true }
      passed += 1
      if passed > offset { found.append(entry) }
      return found.count < limit
    }
    let isAll = try looks == count(.spool)
    return found.count == limit || isAll ? found : nil
  }

  /// Gives `body` the ids of entries in an order until it says no. By `next`, those that are not
  /// attempted are left out.
  private func eachRanked(by order: SpoolOrder, _ body: (Position) throws -> Bool) throws {
    guard let rank = SpoolRank.Order(order) else {
      var seen: Set<Position> = []
      return try scan(.spoolDue, prefix: []) { key, _ in
        let id = try SpoolDue.Key(key).entry
        return try seen.insert(id).inserted ? body(id) : true
      }
    }
    try scan(.spoolOrder, prefix: [rank.rawValue]) { key, _ in try body(SpoolRank.entry(key)) }
  }

  /// Reads every entry once, and keeps no more of them than the page needs.
  private func sorted(
    _ filter: SpoolFilter, by order: SpoolOrder, offset: Int, limit: Int
  ) throws -> [SpoolEntry] {
    var top = SpoolTop(order, limit: offset + limit)
    try eachSpoolEntry { entry in
      guard try matches(entry, filter) else { return true }
      top.add(entry, next: order == .next ? try spoolLine(entry).next : nil)
      return true
    }
    return Array(top.entries.dropFirst(offset))
  }

  /// How many entries there are, and how many of them match.
  public func spoolCount(_ filter: SpoolFilter) throws -> (all: Int, matching: Int) {
    if filter.isEmpty {
      let all = try count(.spool)
      return (all, all)
    }
    var (all, matching) = (0, 0)
    try eachSpoolEntry { entry in
      all += 1
      if try matches(entry, filter) { matching += 1 }
      return true
    }
    return (all, matching)
  }

  /// The ids of matching entries, the oldest first, from those after `last` on.
  public func spoolEntries(
    _ filter: SpoolFilter, after last: Position? = nil, limit: Int
  ) throws -> [Position] {
    var found: [Position] = []
    try eachSpoolEntry(after: last) { entry in
      if try matches(entry, filter) { found.append(entry.id) }
      return found.count < limit
    }
    return found
  }

  /// Entries that were deleted so long ago that nobody can bring them back, those first that were
  /// deleted first.
  public func spoolBeyondRestoring(at time: Timestamp, limit: Int) throws -> [Position] {
    var found: [Position] = []
    try scan(.spoolOrder, prefix: [SpoolRank.Order.deleted.rawValue]) { key, _ in
      let id = try SpoolRank.entry(key)
      guard let deleted = try spoolEntry(id)?.deleted,
        time.since(deleted) >= ChangeSpool.restorable
      else { return false }
      found.append(id)
      return found.count < limit
    }
    return found
  }

  public func spoolLine(_ entry: SpoolEntry) throws -> SpoolLine {
    var (isBegun, isDoubtful) = (false, false)
    var next: Timestamp?
    var reply: [UInt8] = []
    for recipient in try spoolRecipients(of: entry.id) {
      guard !recipient.isFinal else { continue }
      if entry.isLive { next = min(next ?? recipient.due, recipient.due) }
      if recipient.status == .begun { isBegun = true }
      if recipient.status == .doubtful { isDoubtful = true }
      if reply.isEmpty { reply = recipient.reply }
    }
    return SpoolLine(
      entry: entry, next: next, isBegun: isBegun, isDoubtful: isDoubtful, reply: reply)
  }

  private func matches(_ entry: SpoolEntry, _ filter: SpoolFilter) throws -> Bool {
    if let domain = filter.domain, entry.domain != domain { return false }
    if !filter.sender.isEmpty, !contains(entry.sender ?? [], filter.sender) { return false }
    switch filter.status {
    case nil: break
    case .waiting: if !entry.isLive { return false }
    case .held: if !entry.isHeld { return false }
    case .deleted: if entry.deleted == nil { return false }
    case .doubtful: if try !spoolLine(entry).isDoubtful { return false }
    }
    guard !filter.recipient.isEmpty else { return true }
    return try spoolRecipients(of: entry.id).contains { contains($0.address, filter.recipient) }
  }

  private func contains(_ text: [UInt8], _ part: String) -> Bool {
    String(decoding: text, as: UTF8.self).lowercased().contains(part.lowercased())
  }
}
