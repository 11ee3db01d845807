import Platform

/// The free pages of an LMDB data file, found by reading its tree of them without mapping it.
///
/// Each entry of the tree is a list of page numbers, led by their count. Whatever does not look
/// like such a tree counts as no answer.
struct FreePages: ~Copyable {
  private let file: Descriptor
  private let pageSize: UInt64
  private let wanted: ClosedRange<UInt64>
  private var found: Set<UInt64> = []
  private var pagesLeft = 1_000_000

  /// Whether all of `wanted` are free in the moment of `meta`.
  static func contain(
    _ wanted: ClosedRange<UInt64>, _ meta: MetaPage, _ path: String
  ) throws(SystemError) -> Bool {
    guard meta.freeRoot != MetaPage.noPage, wanted.count <= 1 << 20 else { return false }
    var pages = FreePages(
      file: try Descriptor.open(path, [.read]), pageSize: meta.pageSize, wanted: wanted)
    return try pages.walk(meta.freeRoot, depth: 0) && pages.found.count == wanted.count
  }

  private init(file: consuming Descriptor, pageSize: UInt64, wanted: ClosedRange<UInt64>) {
    self.file = file
    self.pageSize = pageSize
    self.wanted = wanted
  }

  /// Collects what lies below the page `number`; false where it is no page of the tree.
  private mutating func walk(_ number: UInt64, depth: Int) throws(SystemError) -> Bool {
    pagesLeft -= 1
    guard depth < 32, pagesLeft > 0, number < wanted.lowerBound else { return false }
    let page = try file.pread(Int(pageSize), at: number * pageSize)
    guard page.count == Int(pageSize), page.number(UInt64.self, at: 0) == number else {
      return false
    }
    let flags = page.number(UInt16.self, at: 10)
    let end = Int(page.number(UInt16.self, at: 12))
    guard (16...Int(pageSize)).contains(end) else { return false }
    for slot in stride(from: 16, to: end - 1, by: 2) {
      let node = Int(page.number(UInt16.self, at: slot))
      guard node >= end, node + 8 <= Int(pageSize) else { return false }
      switch flags & 0x03 {
      case 0x01:  // P_BRANCH
        let low = UInt64(page.number(UInt32.self, at: node))
        let child = low | UInt64(page.number(UInt16.self, at: node + 4)) << 32
        guard try walk(child, depth: depth + 1) else { return false }
      case 0x02:  // P_LEAF
        guard try collect(page, node) else { return false }
      default: return false
      }
    }
    return true
  }

  /// Takes in the list of one leaf entry, which lies in the leaf or on pages of its own.
  private mutating func collect(_ page: [UInt8], _ node: Int) throws(SystemError) -> Bool {
    let count = Int(page.number(UInt32.self, at: node))
    let start = node + 8 + Int(page.number(UInt16.self, at: node + 6))
    let isApart = page.number(UInt16.self, at: node + 4) & 0x01 != 0  // F_BIGDATA
    guard start + (isApart ? 8 : count) <= page.count, count <= 1 << 30 else { return false }
    var list = page
    var offset = start
    if isApart {
      let apart = page.number(UInt64.self, at: start)
      guard apart < wanted.lowerBound else { return false }
      list = try file.pread(count, at: apart * pageSize + 16)
      offset = 0
      guard list.count == count else { return false }
    }
    guard count >= 8 else { return false }
    let pages = list.number(UInt64.self, at: offset)
    guard pages <= UInt64(count / 8 - 1) else { return false }
    for index in 0..<Int(pages) {
      let free = list.number(UInt64.self, at: offset + 8 + index * 8)
      if wanted.contains(free) { found.insert(free) }
    }
    return true
  }
}
