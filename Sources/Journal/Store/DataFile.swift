import Platform

/// An LMDB data file, looked at without mapping it.
///
/// LMDB maps a file as it is: one that is cut short ends the process with SIGBUS, and one damaged
/// meta page makes it useless without a word of the other. So both are looked at before.
struct DataFile: ~Copyable {
  let file: Descriptor
  /// Bytes the file has.
  let size: UInt64

  /// Throws unless the file at `path` can be mapped and read up to its last page.
  ///
  /// A file that is missing or empty is one to be made, unless it `mustExist`.
  static func check(_ path: String, mustExist: Bool) throws(StoreError) {
    let flaw: StoreError?
    do throws(SystemError) {
      let file = try Descriptor.open(path, [.read])
      let size = try file.size()
      if size == 0, !mustExist { return }
      flaw = try DataFile(file: file, size: size).flaw()
    } catch {
      guard error.isNotFound else { throw StoreError(error) }
      if mustExist { throw .notFound("file \(path)") }
      return
    }
    if let flaw { throw flaw }
  }

  init(file: consuming Descriptor, size: UInt64) {
    self.file = file
    self.size = size
  }

  /// What makes the file unusable; nil where nothing does.
  func flaw() throws(SystemError) -> StoreError? {
    let first = try meta(page: 0, pageSize: nil)
    let second = try meta(page: 1, pageSize: first?.pageSize)
    guard let newest = second.map({ Self.newer(first ?? $0, $0) }) ?? first else {
      return .damaged("\(file.path) has no valid meta page")
    }
    let end = (newest.lastPage + 1) * newest.pageSize
    if size < 2 * newest.pageSize {
      return .truncated(path: file.path, expected: end, actual: size)
    }
    guard let first, let second, first.pageSize == second.pageSize else {
      return .damaged(
        "meta page \(first == nil ? 0 : 1) of \(file.path); the other one is of transaction "
          + "\(newest.transaction), whose last page is \(newest.lastPage)")
    }
    guard newest.isSound else {
      return .damaged("the newest meta page of \(file.path), of transaction \(newest.transaction)")
    }
    guard size < end else { return nil }
    // Pages that a transaction took and gave back are never written, so the file of a sound
    // environment may end before its last page, where every page after the end is free.
    let missing = (size / newest.pageSize)...newest.lastPage
    if try FreePages.contain(missing, newest, file.path) { return nil }
    return .truncated(path: file.path, expected: end, actual: size)
  }

  /// The later of two; the first one where they are equal, as LMDB has it.
  private static func newer(_ first: MetaPage, _ second: MetaPage) -> MetaPage {
    second.transaction > first.transaction ? second : first
  }

  /// Meta page 0 or 1, or nil where there is none. The second one lies one page into the file,
  /// however large pages are.
  private func meta(page: UInt64, pageSize: UInt64?) throws(SystemError) -> MetaPage? {
    let sizes = pageSize.map { [$0] } ?? (page == 0 ? [0] : MetaPage.pageSizes)
    for size in sizes {
      let bytes = try file.pread(MetaPage.count, at: page * size)
      guard let meta = MetaPage(bytes, page: page) else { continue }
      if page == 0 || meta.pageSize == size { return meta }
    }
    return nil
  }
}
