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
  private var trees = TreeCandidates()
  /// The leaf hashes since the last full tile; nil for records that could not be read.
  private var leaves: [Digest?] = []
  /// Whether something was found that explains a difference from a checkpoint.
  private var isExplained = false
  /// Bytes of bodies read since `pace` was last called.
  private var contentBytes: UInt64 = 0

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
  var root: Digest { trees.root }

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
      let page = try read(from: position.advanced(), limit, in: next)
      for index in 0..<page.count {
        try take(page[index], in: next)
        guard paceBodies() else { return false }
      }
      position = page.last
      tell(.at(position))
      guard pace(page.bytes.count) else { return false }
    }
    if let epoch { try checkEnd(of: epoch) }
    settle(nil)
    contents?.finish()
    checkSigned()
    trees.append(leaves.map { $0 ?? .zero })
    return true
  }

  /// Bodies may be large, so they are paced by themselves.
  private mutating func paceBodies() -> Bool {
    guard contentBytes >= 1 << 20 else { return true }
    defer { contentBytes = 0 }
    return pace(Int(contentBytes))
  }

  private func read(from position: Position, _ limit: Int, in epoch: Epoch) throws -> RecordPage {
    do {
      let page = try epoch.page(from: position, limit: limit)
      guard !page.isEmpty else {
        throw LedgerError.damaged(position: position, what: "the record is missing")
      }
      try epoch.checkLookups(page)
      return page
    } catch let error as StoreError {
      throw LedgerError.damaged(position: position, what: "at or soon after it: \(error)")
    }
  }

  private mutating func take(_ record: RawRecord, in epoch: Epoch) throws {
    let event = records.check(record)
    let leaf = record.intactLeaf
    leaves.append(leaf)
    if leaf == nil { isExplained = true }
    if let event {
      contentBytes += contents?.check(event) ?? 0
      checkEpochEvent(event, epoch)
    }
    if record.position.rawValue & 255 == 0 {
      let key = TileKey(level: 0, index: record.position.rawValue / 256 - 1)
      try trees.append(leaves, key, stored: try epochs.tile(key), tile: epochs.tile)
      leaves.removeAll(keepingCapacity: true)
    }
    if signed.nextSize == record.position.rawValue { meet() }
  }

  /// Compares the tree so far with what was signed.
  private mutating func meet() {
    guard let tail else { return }
    if let right = signed.meet(trees.roots(adding: tail), size: size) { settle(right) }
  }

  private mutating func settle(_ index: Int?) {
    for finding in trees.settle(index) {
      isExplained = true
      tell(.finding(finding))
    }
  }

  /// The number of records gone through.
  private var size: UInt64 { trees.size + UInt64(leaves.count) }

  /// The leaves behind the last full tile; nil where one could not be read.
  private var tail: [Digest]? {
    let read = leaves.compactMap(\.self)
    return read.count == leaves.count ? read : nil
  }

  private mutating func fail(_ position: Position, _ what: String) {
    isExplained = true
    tell(.finding(VerificationFinding(position: position, what: what)))
  }
}

// MARK: epochs

extension VerificationWalk {
  private mutating func checkStart(of epoch: Epoch) throws {
    let meta = try epoch.meta()
    if let tail, !trees.frontiers(adding: tail).contains(meta.frontier) {
      fail(epoch.first, "epoch \(epoch.number) says that another tree lies before it")
    }
  }

  /// Compares what the epoch says of its end, and how much it holds.
  private mutating func checkEnd(of epoch: Epoch) throws {
    let counts = try epoch.counts()
    let tip = counts.tip
    if tip.size == size, let tail {
      let right = trees.frontiers(adding: tail).firstIndex(of: tip)
      settle(right)
      if right == nil, !isExplained {
        let from = Position(max(signed.lastGood, size & ~255) + 1)
        fail(from, "the records from here to \(size) are not those of the frontier in the epoch")
      }
    }
    if UInt64(counts.events) != tip.size + 1 - epoch.first.rawValue {
      fail(Position(tip.size), "epoch \(epoch.number) holds \(counts.events) records")
    }
    let expected = (0...TileKey.maximumLevel).reduce(UInt64(0)) { sum, level in
      let shift = 8 * (UInt64(level) + 1)
      return sum + (tip.size >> shift) - ((epoch.first.rawValue - 1) >> shift)
    }
    if UInt64(counts.tiles) != expected {
      fail(Position(tip.size), "epoch \(epoch.number) holds \(counts.tiles) tiles, not \(expected)")
    }
    if !counts.isSigned { fail(epoch.first, "epoch \(epoch.number) holds no signed checkpoint") }
    if counts.hasUnknownMeta {
      fail(epoch.first, "the table meta of epoch \(epoch.number) holds more than it should")
    }
  }

  /// Tells of a checkpoint that differs from the tree, where nothing else that was found explains
  /// it.
  private mutating func checkSigned() {
    guard let head = signed.differing, !isExplained else { return }
    fail(
      Position(signed.lastGood + 1),
      "the tree of the first \(head.size) records differs from the checkpoint in \(head.source); "
        + "it was right up to \(signed.lastGood)")
  }

  /// The first event of an epoch tells how the one before it ended.
  private mutating func checkEpochEvent(_ recorded: Recorded, _ epoch: Epoch) {
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
