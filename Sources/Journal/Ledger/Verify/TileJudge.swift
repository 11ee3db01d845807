import Platform

/// Tells, where a stored tile and the records under it differ, which of the two was changed.
struct TileJudge {
  private let epochs: Epochs

  init(_ epochs: Epochs) {
    self.epochs = epochs
  }

  /// The 256 leaf hashes to go on with.
  ///
  /// - Parameters:
  ///   - computed: the hashes of the records; nil where one could not be read.
  ///   - fail: told the offset in the tile of what is wrong, and what it is.
  func settle(
    _ key: TileKey, computed: [Digest?], stored: Tile?, fail: (Int, String) -> Void
  ) -> [Digest] {
    guard let stored, stored.isFull else {
      fail(0, "tile \(key.path()) is missing")
      return computed.map { $0 ?? .zero }
    }
    let whole = computed.compactMap(\.self)
    if whole == stored.hashes { return whole }
    let isTileWrong =
      whole.count == computed.count && matchesParent(key, whole)
      && !matchesParent(key, stored.hashes)
    if isTileWrong {
      fail(0, "tile \(key.path()) is not what its records make")
      return whole
    }
    for (offset, hash) in computed.enumerated() {
      guard let hash, hash != stored.hashes[offset] else { continue }
      fail(offset, "the record is not the one whose hash is in tile \(key.path())")
    }
    return stored.hashes
  }

  /// Whether 256 hashes have the root that the tile one level up holds for them; false also where
  /// that tile is not full yet.
  private func matchesParent(_ key: TileKey, _ hashes: [Digest]) -> Bool {
    let parent = TileKey(level: key.level + 1, index: key.index >> 8)
    do {
      guard let tile = try epochs.tile(parent), tile.isFull else { return false }
      return tile.hashes[Int(key.index & 255)] == Tile.root(of: hashes[...])
    } catch {
      return false
    }
  }
}
