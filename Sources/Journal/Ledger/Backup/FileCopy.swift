import Platform

/// Copies files whole, synced, with a digest on the way.
enum FileCopy {
  private static let blockCount = 1 << 20

  /// Copies `source` to `target`, which is replaced in one step, and syncs the bytes; the name is
  /// synced by whoever finishes the directory.
  ///
  /// - Parameter progress: told the bytes copied so far.
  /// - Returns: the number of bytes and their SHA-256.
  @discardableResult
  static func copy(
    _ source: String, to target: String, progress: (UInt64) -> Void = { _ in }
  ) throws -> (size: UInt64, digest: Digest) {
    let from = try Descriptor.open(source, [.read, .noFollow])
    let unfinished = target + ".part"
    let to = try Descriptor.open(unfinished, [.write, .create, .truncate])
    var hash = SHA256Stream()
    var offset: UInt64 = 0
    while true {
      let block = try from.pread(blockCount, at: offset)
      if block.isEmpty { break }
      try to.pwrite(block, at: offset)
      unsafe hash.update(block.span.bytes)
      offset += UInt64(block.count)
      progress(offset)
    }
    try to.fsync()
    try Directory.rename(unfinished, to: target)
    return (offset, hash.finish())
  }

  /// The size and SHA-256 of a file.
  static func digest(_ path: String) throws -> (size: UInt64, digest: Digest) {
    let file = try Descriptor.open(path, [.read, .noFollow])
    var hash = SHA256Stream()
    var offset: UInt64 = 0
    while true {
      let block = try file.pread(blockCount, at: offset)
      if block.isEmpty { break }
      unsafe hash.update(block.span.bytes)
      offset += UInt64(block.count)
    }
    return (offset, hash.finish())
  }
}
