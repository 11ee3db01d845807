import Events
import Platform

// What greylisting remembers. `greylist`: triplet 16 -> passed 1, position 8, index 4, mark 32;
// `greylist_order`: passed 1, position 8, index 4 -> triplet, by which the oldest are forgotten:
// those of one kind live equally long.
extension StateBatch {
  /// So many triplets are remembered at most; of more, those that came longest ago are forgotten.
  static let rememberedTriplets = 1_000_000

  func fold(_ event: GreylistSeen, _ header: EventHeader) throws {
    try remember(event.triplets, hasPassed: false, event.since, header.position)
  }

  func fold(_ event: GreylistPassed, _ header: EventHeader) throws {
    try remember(event.triplets, hasPassed: true, event.since, header.position)
  }

  private func remember(
    _ triplets: [Triplet], hasPassed: Bool, _ since: ClockMark, _ position: Position
  ) throws {
    for (index, triplet) in triplets.enumerated() {
      let key = triplet.rawValue.bytes
      if let old = try withRow(.greylist, key, { $0.copied(GreylistRow.order) }) {
        try delete(.greylistOrder, old)
      }
      var row = RowWriter(capacity: 45)
      row.uint8(hasPassed ? 1 : 0)
      row.uint64(position.rawValue)
      row.uint32(UInt32(index))
      let order = row.bytes
      row.mark(since)
      try put(.greylist, key, row.bytes)
      try put(.greylistOrder, order, key)
    }
    // More go than come, and never so many that one fold is long.
    let most = 2 * triplets.count + 16
    let times = try StateView(source: .batch(self), tables: tables).greylistTimes()
    for kind in [false, true] {
      try forget(most, hasPassed: kind, olderThan: times.lifetime(kind), since)
    }
    while try count(.greylist) > Self.rememberedTriplets, let oldest = try first(.greylistOrder) {
      try forget(oldest.key, oldest.value)
    }
  }

  private func forget(
    _ most: Int, hasPassed: Bool, olderThan lifetime: Duration, _ now: ClockMark
  ) throws {
    var oldest: [(order: [UInt8], triplet: [UInt8])] = []
    try scan(.greylistOrder, prefix: [hasPassed ? 1 : 0]) { order, triplet in
      oldest.append((order.copied(), triplet.copied()))
      return oldest.count < most
    }
    for (order, triplet) in oldest {
      let entry = try withRow(.greylist, triplet) { try GreylistEntry($0) }
      if let age = entry?.since.age(at: now), age <= lifetime { return }
      try forget(order, triplet)
    }
  }

  private func forget(_ order: [UInt8], _ triplet: [UInt8]) throws {
    try delete(.greylistOrder, order)
    try delete(.greylist, triplet)
  }
}

extension StateView {
  /// What is known of a triplet.
  public func greylistEntry(_ triplet: Triplet) throws -> GreylistEntry? {
    try withRow(.greylist, triplet.rawValue.bytes) { try GreylistEntry($0) }
  }

  /// How many triplets are remembered.
  public func greylistCount() throws -> Int { try count(.greylist) }
}

private enum GreylistRow {
  /// Where the key of `greylist_order` stands in a row of `greylist`.
  static let order = 0..<13
}

extension GreylistEntry {
  fileprivate init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    hasPassed = try cursor.uint8(row) == 1
    cursor = RowCursor(at: GreylistRow.order.upperBound)
    since = try cursor.mark(row)
  }
}
