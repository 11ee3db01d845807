import Events
import Platform
import Store

/// The way through all records of a verification: it builds the tree anew and compares it, tile by
/// tile, with what is stored.
struct VerificationWalk {
  let epochs: Epochs
  let head: Position
  let signed: SignedHeads
  var records: RecordCheck
  var contents: ContentCheck?
  let pace: (Int) -> Bool
  let tell: (VerificationLine) -> Void
  private var tree = MerkleTree()
  /// The leaf hashes since the last full tile; nil for records that could not be read.
  private var leaves: [Digest?] = []
  /// Whether records in the last, not yet full tile are known to be wrong.
  private var isTailWrong = false

  init(
    epochs: Epochs, head: Position, signed: SignedHeads, records: RecordCheck,
    contents: ContentCheck?, pace: @escaping (Int) -> Bool,
    tell: @escaping (VerificationLine) -> Void
  ) {
    self.epochs = epochs
    self.head = head
    self.signed = signed
    self.records = records
    self.contents = contents
    self.pace = pace
    self.tell = tell
  }

  /// The root of the tree as built.
  var root: Digest { tree.root }

  /// Goes from the first record to the head; false where it was ended early.
  mutating func run() throws -> Bool {
    var position = Position.zero
    var epoch: Epoch?
    while position < head {
      let next = epochs.epoch(of: position.advanced())
      if next.number != epoch?.number {
        if let epoch { try checkEnd(of: epoch) }
        try checkStart(of: next)
        epoch = next
      }
      let limit = Int(min(head.rawValue - position.rawValue, UInt64(RecordPage.recordLimit)))
      let page = try next.page(from: position.advanced(), limit: limit)
      guard !page.isEmpty else {
        throw LedgerError.damaged(position: position.advanced(), what: "the record is missing")
      }
      try next.checkLookups(page)
      for index in 0..<page.count { try take(page[index], in: next) }
      position = page.last
      tell(.at(position))
      guard pace(page.bytes.count) else { return false }
    }
    try finishTail()
    if let epoch { try checkEnd(of: epoch) }
    return true
  }

  private mutating func take(_ record: RawRecord, in epoch: Epoch) throws {
    let event = records.check(record)
    leaves.append(record.intactLeaf)
    if let event {
      contents?.check(event)
      checkEpochEvent(event, epoch)
    }
    let isDue = signed.nextSize == record.position.rawValue
    if record.position.rawValue & 255 == 0 {
      try finishTile(record.position)
    } else if isDue, !leaves.contains(nil) {
      var ahead = tree
      for leaf in leaves { ahead.append(leaf ?? .zero) { _ in } }
      signed.meet(ahead)
    }
  }

  /// Compares 256 leaves with their stored tile, and goes on with those that are right.
  private mutating func finishTile(_ last: Position) throws {
    let key = TileKey(level: 0, index: last.rawValue / 256 - 1)
    let stored = try epochs.tile(key)
    let hashes = TileJudge(epochs).settle(key, computed: leaves, stored: stored) { offset, what in
      fail(Position(key.firstLeaf + 1 + UInt64(offset)), what)
    }
    let epochs = epochs
    let tell = tell
    for leaf in hashes {
      try tree.append(leaf) { tile in
        guard tile.key.level > 0, try epochs.tile(tile.key) != tile else { return }
        tell(
          .finding(
            VerificationFinding(
              position: Position(tile.key.firstLeaf + 1),
              what: "tile \(tile.key.path()) is not what its records make")))
      }
    }
    leaves.removeAll(keepingCapacity: true)
    signed.meet(tree)
  }

  /// Adds the leaves behind the last full tile, for which nothing but their sum is stored.
  private mutating func finishTail() throws {
    isTailWrong = leaves.contains(nil)
    for leaf in leaves { tree.append(leaf ?? .zero) { _ in } }
    leaves.removeAll()
    if !isTailWrong { signed.meet(tree) }
  }

  private func fail(_ position: Position, _ what: String) {
    tell(.finding(VerificationFinding(position: position, what: what)))
  }
}

// MARK: epochs

extension VerificationWalk {
  /// The tree so far, with the leaves that are not in a full tile yet.
  private var treeNow: MerkleTree? {
    guard !leaves.contains(nil), !isTailWrong else { return nil }
    var now = tree
    for leaf in leaves { now.append(leaf ?? .zero) { _ in } }
    return now
  }

  private func checkStart(of epoch: Epoch) throws {
    let meta = try epoch.meta()
    if let now = treeNow, meta.frontier != now.frontier {
      fail(epoch.first, "epoch \(epoch.number) says that another tree lies before it")
    }
  }

  /// Compares what the epoch says of its end, and how much it holds.
  private func checkEnd(of epoch: Epoch) throws {
    let (tip, events, tiles) = try epoch.counts()
    let size = tree.size + UInt64(leaves.count)
    if tip.size == size, let now = treeNow, now.frontier != tip {
      fail(
        Position(max(signed.lastGood, size & ~255) + 1),
        "the records from here to \(size) are not those of the frontier in epoch \(epoch.number)")
    }
    if UInt64(events) != tip.size + 1 - epoch.first.rawValue {
      fail(Position(tip.size), "epoch \(epoch.number) holds \(events) records")
    }
    let expected = (0...TileKey.maximumLevel).reduce(UInt64(0)) { sum, level in
      let shift = 8 * (UInt64(level) + 1)
      return sum + (tip.size >> shift) - ((epoch.first.rawValue - 1) >> shift)
    }
    if UInt64(tiles) != expected {
      fail(
        Position(tip.size), "epoch \(epoch.number) holds \(tiles) tiles where \(expected) belong")
    }
  }

  /// The first event of an epoch tells how the one before it ended.
  private func checkEpochEvent(_ recorded: Recorded, _ epoch: Epoch) {
    let isFirst = recorded.position == epoch.first && epoch.number > 0
    guard case .epochSealed(let sealed) = recorded.event else {
      if isFirst { fail(recorded.position, "epoch \(epoch.number) does not begin with its seal") }
      return
    }
    let isRight =
      isFirst && sealed.epoch == epoch.number - 1
      && sealed.last.rawValue + 1 == recorded.position.rawValue
    if !isRight { fail(recorded.position, "the seal of an epoch is out of place") }
  }
}
