import Events
import Platform

/// The records that can still be found in the file of one epoch, whatever has happened to it.
///
/// It looks at every page by itself instead of following the tree, so that no damaged page hides
/// another. Old versions of a page may lie about too: of several records for one position a
/// redacted one counts, then the one with the greatest id, which was minted last.
final class EpochRescue {
  /// Consecutive positions on one leaf page.
  private struct Run {
    let first: UInt64
    let count: UInt64
    let page: UInt64
  }

  private let file: PageFile
  private var runs: [Run] = []
  /// Every frontier that was ever the tip, as far as its page is still there.
  private(set) var tips: [Frontier] = []
  /// The tip that LMDB's newest meta page leads to.
  private(set) var committed: Frontier?
  /// Whether both meta pages are intact, so that `committed` is the last word.
  private(set) var areMetasIntact = false
  /// What the table `meta` says of the epoch, where it was found.
  private(set) var facts = EpochFacts()
  /// The greatest position seen anywhere.
  private(set) var greatest: UInt64 = 0

  init(_ path: String) throws {
    file = try PageFile(path)
    try scan()
    runs.sort { $0.first < $1.first }
    try findCommitted()
  }

  /// The records from `first` on, as far as they follow each other without a gap and `body` wants
  /// more.
  func each(from first: UInt64, _ body: (UInt64, [UInt8]) throws -> Bool) throws {
    var position = first
    var next = 0
    var open: [(run: Run, page: StoredPage)] = []
    while true {
      while next < runs.count, runs[next].first <= position {
        if let page = try file.page(runs[next].page) { open.append((runs[next], page)) }
        next += 1
      }
      open.removeAll { $0.run.first + $0.run.count <= position }
      var best: (bytes: [UInt8], id: ID)?
      for (run, page) in open {
        guard let found = try record(Int(position - run.first), of: page, at: position) else {
          continue
        }
        if best.map({ found.id > $0.id }) ?? true { best = found }
      }
      guard let best, try body(position, best.bytes) else { return }
      position += 1
    }
  }

  private func scan() throws {
    var runs: [Run] = []
    var tips: [Frontier] = []
    var facts = EpochFacts()
    var greatest: UInt64 = 0
    try file.each { page in
      guard page.number > 1, page.isLeaf, let first = page.entry(0) else { return }
      if let position = Self.position(first.key) {
        let count = UInt64(page.entryCount)
        runs.append(Run(first: position, count: count, page: page.number))
        greatest = max(greatest, position + count - 1)
      } else {
        for index in 0..<page.entryCount {
          guard let entry = page.entry(index) else { continue }
          facts.take(entry)
          if let tip = entry.tip { tips.append(tip) }
        }
      }
    }
    self.runs = runs
    self.tips = tips
    self.facts = facts
    self.greatest = greatest
  }

  /// The record at an index of a page, if it is one, and is the one for `position`. A redacted one
  /// counts as having the greatest id.
  private func record(
    _ index: Int, of page: StoredPage, at position: UInt64
  ) throws -> (bytes: [UInt8], id: ID)? {
    guard let entry = page.entry(index), Self.position(entry.key) == position else { return nil }
    guard entry.size <= Record.maximumSize else { return nil }
    let bytes = try entry.overflow.map { try file.overflow($0, count: entry.size) } ?? entry.value
    guard let bytes else { return nil }
    do {
      let view = try RecordView(bytes.span)
      if view.isRedacted { return (bytes, ID(high: .max, low: .max)) }
      let header = try view.header(in: bytes.span)
      return header.position.rawValue == position ? (bytes, header.id.rawValue) : nil
    } catch {
      return nil
    }
  }

  /// Follows the newest intact meta page to the table `meta`.
  private func findCommitted() throws {
    var metas: [StoredMeta] = []
    for number in UInt64(0)...1 {
      if let page = try file.page(number), let meta = StoredMeta(page) { metas.append(meta) }
    }
    areMetasIntact = metas.count == 2
    guard let newest = metas.max(by: { $0.transaction < $1.transaction }) else { return }
    guard let table = try find(Array("meta".utf8), below: newest.root, depth: 0), table.isTable,
      table.value.count == 48
    else { return }
    let root = table.value.span.littleEndian64(at: 40)
    committed = try find(MetaTable.Key.tip.bytes, below: root, depth: 0)?.tip
  }

  /// The entry of a key in a small tree.
  private func find(_ key: [UInt8], below root: UInt64, depth: Int) throws -> StoredPage.Entry? {
    guard depth < 8, let page = try file.page(root) else { return nil }
    for index in 0..<page.entryCount {
      if page.isLeaf, let entry = page.entry(index), entry.key == key { return entry }
      if page.isBranch, let child = page.child(index),
        let entry = try find(key, below: child, depth: depth + 1)
      {
        return entry
      }
    }
    return nil
  }

  /// The position that a key of the table `event` is; nil for other keys.
  private static func position(_ key: [UInt8]) -> UInt64? {
    guard key.count == 8, key[0] == 0 else { return nil }
    let position = number(bigEndian: key[...])
    return position > 0 ? position : nil
  }
}

/// What the pages of a table `meta` still tell of an epoch.
struct EpochFacts {
  private(set) var log: LogID?
  private(set) var first: UInt64?

  mutating func take(_ entry: StoredPage.Entry) {
    guard let value = entry.metaValue else { return }
    switch MetaTable.Key(rawValue: String(decoding: entry.key, as: UTF8.self)) {
    case .log: log = ID(bytes: value).map { LogID(rawValue: $0) }
    case .first: first = value.count == 8 ? number(bigEndian: value[...]) : nil
    default: break
    }
  }
}

extension StoredPage.Entry {
  /// The value as the table `meta` stores it, where its checksum matches.
  fileprivate var metaValue: [UInt8]? {
    overflow == nil ? MetaTable.checked(value, key: key) : nil
  }

  /// The frontier, where this is a tip.
  fileprivate var tip: Frontier? {
    guard key == MetaTable.Key.tip.bytes, let metaValue else { return nil }
    do { return try Frontier(bytes: metaValue) } catch { return nil }
  }
}
