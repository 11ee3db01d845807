import Events
import Platform

extension StateView {
  /// One page of the spool, and where the next begins; nil where there is none.
  ///
  /// By time a page costs what it shows. The other orders read every entry once, and keep no more
  /// of them than the page holds; their pages go on by `offset`.
  /// - Parameters:
  ///   - last: the last entry of the page before, where the order is `time`.
  ///   - offset: how many lines are passed over.
  public func spoolPage(
    _ filter: SpoolFilter, by order: SpoolOrder = .time, after last: Position? = nil,
    offset: Int = 0, limit: Int
  ) throws -> [SpoolLine] {
    var page = SpoolTop(order, limit: offset + limit)
    try eachSpoolEntry(after: last) { entry in
      guard try matches(entry, filter) else { return true }
      // The recipients are read where the order or the filter needs them.
      if order == .time || order == .priority || order == .size {
        page.add(entry, attempts: 0, next: nil)
      } else {
        let line = try spoolLine(entry)
        page.add(entry, attempts: line.attempts, next: line.next)
      }
      return order != .time || page.entries.count < offset + limit
    }
    return try page.entries.dropFirst(offset).map { try spoolLine($0) }
  }

  /// How many entries there are, and how many of them match.
  public func spoolCount(_ filter: SpoolFilter) throws -> (all: Int, matching: Int) {
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

  public func spoolLine(_ entry: SpoolEntry) throws -> SpoolLine {
    var (attempts, isDoubtful) = (0, false)
    var next: Timestamp?
    var reply: [UInt8] = []
    for recipient in try spoolRecipients(of: entry.id) {
      attempts = max(attempts, recipient.attempts)
      guard !recipient.isFinal else { continue }
      if entry.isLive { next = min(next ?? recipient.due, recipient.due) }
      if recipient.status == .doubtful { isDoubtful = true }
      if reply.isEmpty { reply = recipient.reply }
    }
    return SpoolLine(
      entry: entry, attempts: attempts, next: next, isDoubtful: isDoubtful, reply: reply)
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

/// The first entries in an order, of all that are shown to it: a heap whose root is the last.
private struct SpoolTop {
  private typealias Rank = (key: Int64, id: Position)

  private let order: SpoolOrder
  private let limit: Int
  private var heap: [(rank: Rank, entry: SpoolEntry)] = []

  init(_ order: SpoolOrder, limit: Int) {
    self.order = order
    self.limit = limit
  }

  /// In order.
  var entries: [SpoolEntry] { heap.sorted { $0.rank < $1.rank }.map(\.entry) }

  mutating func add(_ entry: SpoolEntry, attempts: Int, next: Timestamp?) {
    let key: Int64 =
      switch order {
      case .time: 0
      case .priority: -Int64(entry.priority)
      case .size: -Int64(clamping: entry.size)
      case .attempts: -Int64(attempts)
      case .next: next?.microseconds ?? .max
      }
    let rank: Rank = (key, entry.id)
    if heap.count < limit {
      heap.append((rank, entry))
      rise(heap.count - 1)
    } else if let last = heap.first, rank < last.rank {
      heap[0] = (rank, entry)
      sink(0)
    }
  }

  private mutating func rise(_ index: Int) {
    var index = index
    while index > 0, heap[(index - 1) / 2].rank < heap[index].rank {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  private mutating func sink(_ index: Int) {
    var index = index
    while true {
      var largest = index
      for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
        if heap[largest].rank < heap[child].rank { largest = child }
      }
      guard largest != index else { return }
      heap.swapAt(index, largest)
      index = largest
    }
  }
}
