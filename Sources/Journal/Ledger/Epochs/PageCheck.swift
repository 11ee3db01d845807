import Platform

/// A look at the pages that opening an epoch for writing will touch, before LMDB maps them.
///
/// LMDB trusts its pages: a damaged one can end the process by a signal, without a word. So what
/// leads to the end of the journal is checked first, by reading: the free list, the table of
/// tables, `meta`, and the right edges of `event` and `tile`. Only where nobody writes meanwhile.
struct PageCheck {
  /// Pages looked at from the right edge of a large table.
  private static let edge = 256

  private let path: String
  private let file: PageFile
  private let lastPage: UInt64

  /// - Throws: `LedgerError.damaged` with the page that is not what LMDB writes.
  static func run(_ path: String) throws {
    let file = try PageFile(path)
    guard let meta = try file.newestMeta() else {
      throw LedgerError.damaged(position: nil, what: "\(path) has no valid meta page")
    }
    let check = PageCheck(path: path, file: file, lastPage: meta.lastPage)
    var budget = Int.max
    try check.walk(meta.freeRoot, &budget) { _ in }
    var tables: [[UInt8]: UInt64] = [:]
    try check.walk(meta.root, &budget) { entry in
      guard entry.isTable, entry.value.count == 48 else { return }
      tables[entry.key] = entry.value.span.littleEndian64(at: 40)
    }
    for name in Epoch.tableNames {
      guard let root = tables[Array(name.utf8)] else {
        throw LedgerError.damaged(position: nil, what: "\(path) has no table \(name)")
      }
      var budget = edge
      try check.walk(root, &budget) { _ in }
    }
  }

  /// Checks pages from the right, at most `budget` of them.
  private func walk(
    _ root: UInt64, _ budget: inout Int, depth: Int = 0, _ body: (StoredPage.Entry) -> Void
  ) throws {
    // An empty table has the greatest page number as its root.
    guard root != .max || depth > 0, budget > 0 else { return }
    budget -= 1
    let page = try page(root)
    guard depth < 32, page.entryCount > 0 else { throw damage(root) }
    for index in (0..<page.entryCount).reversed() {
      if page.isLeaf {
        guard let entry = page.entry(index), try isWhole(entry) else { throw damage(root) }
        body(entry)
      } else {
        guard let child = page.child(index) else { throw damage(root) }
        try walk(child, &budget, depth: depth + 1, body)
      }
    }
  }

  private func page(_ number: UInt64) throws -> StoredPage {
    guard number > 1, number <= lastPage, let page = try file.page(number) else {
      throw damage(number)
    }
    guard page.isLeaf || page.isBranch && page.entryCount > 1 else { throw damage(number) }
    return page
  }

  /// Whether the overflow pages of an entry are there.
  private func isWhole(_ entry: StoredPage.Entry) throws -> Bool {
    guard let first = entry.overflow else { return true }
    let pages =
      UInt64(PageFile.headerCount + entry.size + file.pageSize - 1) / UInt64(file.pageSize)
    guard first > 1, first < lastPage, pages <= lastPage - first + 1,
      let page = try file.page(first)
    else { return false }
    return page.flags == .overflow && page.statedNumber == first
      && UInt64(page.overflowCount) == pages
  }

  private func damage(_ number: UInt64) -> LedgerError {
    .damaged(position: nil, what: "page \(number) of \(path) is not what was written")
  }
}
