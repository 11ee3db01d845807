import Platform

/// A look at every byte of an LMDB file that means something to LMDB, page by page, without LMDB.
///
/// LMDB has no checksums, but its pages say much twice: where nodes lie and how long they are, how
/// many pages a table has and which they are, what a separator says and what is behind it, and that
/// each page is either in use or free. What is stored in `event`, `tile` and `meta` is checked by
/// those who know it. Beside a writer it sees the file as a read transaction does.
struct PageAudit {
  /// Findings kept.
  private static let limit = 100

  private let name: String
  private let file: PageFile
  private var lastPage: UInt64 = 0
  /// Which pages were met, a bit each.
  private var met: [UInt8] = []
  private(set) var findings: [String] = []

  /// - Parameter name: what the findings call the file.
  init(_ path: String, name: String) throws {
    self.name = name
    file = try PageFile(path)
  }

  /// Goes through the file.
  ///
  /// - Parameter commit: the commit that a read transaction sees which is held meanwhile, so that its
  ///   pages stay as they are; nil where nobody writes.
  /// - Returns: false where its meta page was overwritten before it was read: begin another.
  mutating func run(asOf commit: UInt64? = nil) throws -> Bool {
    guard let meta = try commit.map({ try meta(of: $0) }) ?? metas() else {
      return !findings.isEmpty
    }
    // The file may end before it, where what lies behind is free: then nothing refers to it.
    lastPage = meta.lastPage
    met = [UInt8](repeating: 0, count: Int(lastPage / 8) + 1)
    try audit(meta.free, .free)
    try audit(meta.main, .tables)
    for page in 2...max(2, lastPage) where met[Int(page / 8)] & 1 << UInt8(page % 8) == 0 {
      tell(page, "it is neither in use nor free")
    }
    return true
  }

  /// The meta page of a commit; nil where it is not there any more.
  private mutating func meta(of commit: UInt64) throws -> AuditedMeta? {
    for isLast in [false, false, true] {
      let metas = try [0, 1].map { number in
        try file.page(number).flatMap { AuditedMeta($0, file.pageSize) }
      }
      // One that is being written may be read in two halves.
      if !isLast, metas.contains(where: { $0 == nil }) { continue }
      for (number, meta) in metas.enumerated() where meta == nil {
        tell(UInt64(number), "it is no meta page")
      }
      if Set(metas.map { $0?.mapSize }).count > 1 {
        tell(commit & 1, "the meta pages differ in the map size")
      }
      return metas.compactMap { $0 }.first { $0.transaction == commit }
    }
    return nil
  }

  /// The newest meta page, where both are as LMDB writes them.
  private mutating func metas() throws -> AuditedMeta? {
    var metas: [AuditedMeta] = []
    for number in [0, 1] as [UInt64] {
      guard let page = try file.page(number), let meta = AuditedMeta(page, file.pageSize) else {
        tell(number, "it is no meta page")
        return nil
      }
      metas.append(meta)
    }
    let (old, new) =
      metas[0].transaction > metas[1].transaction
      ? (metas[1], metas[0]) : (metas[0], metas[1])
    let follows = new.transaction == old.transaction + 1 && new.transaction & 1 == new.number
    if !follows, new.transaction != 0 || old.transaction != 0 {
      tell(new.number, "the meta pages do not follow each other")
    }
    if old.mapSize != new.mapSize { tell(new.number, "the meta pages differ in the map size") }
    return new
  }

  private mutating func tell(_ page: UInt64, _ what: String) {
    guard findings.count < Self.limit else { return }
    findings.append("page \(page) of \(name), offset \(page * UInt64(file.pageSize)): \(what)")
  }

  /// Notes that a page is in use, or free; false where that was said before, or it cannot be.
  private mutating func meet(_ page: UInt64) -> Bool {
    guard page > 1, page <= lastPage, met[Int(page / 8)] & 1 << UInt8(page % 8) == 0 else {
      return false
    }
    met[Int(page / 8)] |= 1 << UInt8(page % 8)
    return true
  }
}

// MARK: trees

extension PageAudit {
  private enum Kind { case free, tables, event, other }

  /// What a tree turned out to have.
  private struct Count {
    var depth = 0
    var branches: UInt64 = 0
    var leaves: UInt64 = 0
    var overflows: UInt64 = 0
    var entries: UInt64 = 0
  }

  private mutating func audit(_ tree: AuditedTree, _ kind: Kind) throws {
    var count = Count()
    if tree.root != .max { _ = try walk(tree.root, kind, 1, &count) }
    let isRight =
      tree.depth == count.depth && tree.branches == count.branches && tree.leaves == count.leaves
      && tree.overflows == count.overflows && tree.entries == count.entries
    if !isRight { tell(tree.page, "a table has other pages than it says") }
  }

  /// Walks a page and what is below it; its first and last key.
  private mutating func walk(
    _ number: UInt64, _ kind: Kind, _ depth: Int, _ count: inout Count
  ) throws -> (first: [UInt8], last: [UInt8])? {
    guard depth < 32, meet(number), let page = try file.page(number) else {
      tell(number, "something refers to it that should not")
      return nil
    }
    guard page.isLeaf || page.isBranch, page.entryCount > 0, page.isTiled else {
      tell(number, "its layout is not LMDB's")
      return nil
    }
    if page.isLeaf { return try leaf(page, kind, depth, &count) }
    count.branches += 1
    var ends: (first: [UInt8], last: [UInt8])?
    for index in 0..<page.entryCount {
      guard let child = page.child(index), let key = page.key(index) else { continue }
      guard let range = try walk(child, kind, depth + 1, &count) else { continue }
      // The first separator is never looked at. Those of `event` were made by appending.
      let isRight =
        index == 0
        || (kind == .event ? key == range.first : !Self.precedes(range.first, key, kind))
          && Self.precedes(ends?.last ?? [], key, kind)
      if !isRight { tell(number, "the separator \(index) is not one") }
      if let last = ends?.last, !Self.precedes(last, range.first, kind) {
        tell(child, "its keys are out of order")
      }
      ends = (ends?.first ?? range.first, range.last)
    }
    return ends
  }

  private mutating func leaf(
    _ page: StoredPage, _ kind: Kind, _ depth: Int, _ count: inout Count
  ) throws -> (first: [UInt8], last: [UInt8])? {
    count.leaves += 1
    if count.depth == 0 { count.depth = depth }
    if count.depth != depth { tell(page.number, "it is deeper than other leaves") }
    var ends: (first: [UInt8], last: [UInt8])?
    for index in 0..<page.entryCount {
      guard let entry = page.entry(index) else {
        tell(page.number, "entry \(index) is not one")
        continue
      }
      count.entries += 1
      if let last = ends?.last, !Self.precedes(last, entry.key, kind) {
        tell(page.number, "its keys are out of order")
      }
      ends = (ends?.first ?? entry.key, entry.key)
      if entry.isTable != (kind == .tables) { tell(page.number, "entry \(index) has a wrong flag") }
      try follow(entry, on: page.number, kind, &count)
    }
    return ends
  }

  private mutating func follow(
    _ entry: StoredPage.Entry, on page: UInt64, _ kind: Kind, _ count: inout Count
  ) throws {
    if let first = entry.overflow { try overflow(first, entry.size, &count) }
    switch kind {
    case .tables:
      guard let tree = AuditedTree(entry.value.span, on: page) else {
        return tell(page, "a table's root is not one")
      }
      try audit(tree, entry.key == Array("event".utf8) ? .event : .other)
    case .free:
      try free(entry, on: page)
    case .event, .other: return
    }
  }

  private mutating func overflow(_ first: UInt64, _ size: Int, _ count: inout Count) throws {
    let pages = (PageFile.headerCount + size + file.pageSize - 1) / file.pageSize
    count.overflows += UInt64(pages)
    guard let page = try file.page(first), page.statedNumber == first, page.flags == .overflow,
      page.overflowCount == pages, page.hasNoPadding
    else { return tell(first, "it is not the overflow page that it should be") }
    for number in first..<first + UInt64(pages) where !meet(number) {
      tell(number, "an overflow page is used twice")
    }
  }

  /// A list of free pages: their number, then they, in falling order.
  private mutating func free(_ entry: StoredPage.Entry, on page: UInt64) throws {
    let bytes = try entry.overflow.map { try file.overflow($0, count: entry.size) } ?? entry.value
    guard let bytes, bytes.count >= 8, bytes.count.isMultiple(of: 8),
      bytes.span.littleEndian64(at: 0) == UInt64(bytes.count / 8 - 1)
    else { return tell(page, "a list of free pages is not one") }
    for at in stride(from: 8, to: bytes.count, by: 8) {
      let free = bytes.span.littleEndian64(at: at)
      if !meet(free) { tell(page, "it calls page \(free) free") }
    }
  }

  /// Whether a key comes before another: bytewise, in the free list as this machine's numbers.
  private static func precedes(_ left: [UInt8], _ right: [UInt8], _ kind: Kind) -> Bool {
    if kind == .free { return left.reversed().lexicographicallyPrecedes(right.reversed()) }
    return left.lexicographicallyPrecedes(right)
  }
}

/// What a table's root says of its tree: 48 bytes.
private struct AuditedTree {
  /// The page that says it.
  let page: UInt64
  let depth: Int
  let branches: UInt64
  let leaves: UInt64
  let overflows: UInt64
  let entries: UInt64
  let root: UInt64

  /// - Parameters:
  ///   - padding: what stands in the first four bytes.
  ///   - flags: the table's flags.
  init?(_ bytes: Span<UInt8>, on page: UInt64, padding: UInt64 = 0, flags: Int = 0) {
    guard bytes.count == 48, bytes.littleEndian32(at: 0) == padding,
      bytes.littleEndian16(at: 4) == flags
    else { return nil }
    self.page = page
    depth = bytes.littleEndian16(at: 6)
    branches = bytes.littleEndian64(at: 8)
    leaves = bytes.littleEndian64(at: 16)
    overflows = bytes.littleEndian64(at: 24)
    entries = bytes.littleEndian64(at: 32)
    root = bytes.littleEndian64(at: 40)
  }
}

/// A meta page, read strictly.
private struct AuditedMeta {
  let number: UInt64
  let mapSize: UInt64
  let free: AuditedTree
  let main: AuditedTree
  let lastPage: UInt64
  let transaction: UInt64

  init?(_ page: StoredPage, _ pageSize: Int) {
    let span = page.bytes.span
    let start = PageFile.headerCount
    // The free list's root also holds the page size and, as its flags, that its keys are numbers.
    guard let meta = StoredMeta(page), page.hasNoPadding, span.littleEndian64(at: start + 8) == 0,
      let free = AuditedTree(
        span.extracting(start + 24..<start + 72), on: page.number, padding: UInt64(pageSize),
        flags: 8),
      let main = AuditedTree(span.extracting(start + 72..<start + 120), on: page.number)
    else { return nil }
    number = page.number
    mapSize = span.littleEndian64(at: start + 16)
    self.free = free
    self.main = main
    lastPage = meta.lastPage
    transaction = meta.transaction
  }
}

extension StoredPage {
  /// The two bytes behind the page number, which only pages of another kind use.
  fileprivate var hasNoPadding: Bool { bytes.span.littleEndian16(at: 8) == 0 }

  /// The key of an entry of any page.
  fileprivate func key(_ index: Int) -> [UInt8]? {
    guard let start = start(of: index) else { return nil }
    let end = start + 8 + bytes.span.littleEndian16(at: start + 6)
    return end <= bytes.count ? Array(bytes[start + 8..<end]) : nil
  }

  /// Where an entry lies, and how many bytes it takes.
  private func extent(_ index: Int) -> Range<Int>? {
    guard let start = start(of: index) else { return nil }
    let span = bytes.span
    let keyCount = span.littleEndian16(at: start + 6)
    var count = 8 + keyCount
    if isLeaf {
      let flags = span.littleEndian16(at: start + 4)
      guard flags <= 2 else { return nil }
      count += flags & 1 != 0 ? 8 : Int(span.littleEndian32(at: start))
    }
    let end = start + (count + 1) / 2 * 2
    return end <= bytes.count ? start..<end : nil
  }

  private func start(of index: Int) -> Int? {
    guard index < entryCount else { return nil }
    let start = bytes.span.littleEndian16(at: PageFile.headerCount + 2 * index)
    return start >= PageFile.headerCount + 2 * entryCount && start + 8 <= bytes.count ? start : nil
  }

  /// Whether the entries lie one behind the other, without a gap, from the end of the free space to
  /// that of the page.
  fileprivate var isTiled: Bool {
    let lower = bytes.span.littleEndian16(at: 12)
    guard hasNoPadding, lower == PageFile.headerCount + 2 * entryCount else { return false }
    let extents = (0..<entryCount).compactMap(extent)
    guard extents.count == entryCount else { return false }
    var end = bytes.span.littleEndian16(at: 14)
    for extent in extents.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard extent.lowerBound == end else { return false }
      end = extent.upperBound
    }
    return end == bytes.count
  }
}
