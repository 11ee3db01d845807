import Events
import Platform

/// The tree that a verification builds; several trees while it is open which of two things was
/// changed.
///
/// Where the records under a tile and the tile itself differ, one tree is built with either. The
/// next checkpoint, or the frontier, tells which was right; only then is the other blamed.
struct TreeCandidates {
  /// Open questions are settled by guess beyond this many trees.
  private static let limit = 16

  private struct Candidate {
    var tree = MerkleTree()
    /// What is wrong if this tree is the right one.
    var findings: [VerificationFinding] = []
  }

  private var candidates = [Candidate()]

  /// The number of leaves.
  var size: UInt64 { candidates[0].tree.size }
  /// The root, where there is one tree; otherwise that of the likeliest.
  var root: Digest { candidates[0].tree.root }

  /// The roots with some leaves added that are in no full tile yet.
  func roots(adding leaves: [Digest]) -> [Digest] {
    frontiers(adding: leaves).map(\.root)
  }

  /// The frontiers with some leaves added.
  func frontiers(adding leaves: [Digest]) -> [Frontier] {
    candidates.map { candidate in
      var frontier = candidate.tree.frontier
      for leaf in leaves { frontier.append(leaf) }
      return frontier
    }
  }

  /// Adds 256 leaves.
  ///
  /// - Parameters:
  ///   - computed: the hashes of the records; nil where one could not be read, which was told.
  ///   - stored: the tile as stored; nil where there is none.
  ///   - tile: the stored tile of a key.
  mutating func append(
    _ computed: [Digest?], _ key: TileKey, stored: Tile?, tile: (TileKey) throws -> Tile?
  ) throws {
    let first = Position(key.firstLeaf + 1)
    guard let stored, stored.isFull else {
      blame(VerificationFinding(position: first, what: "tile \(key.path()) is missing"))
      return try add(computed.map { $0 ?? .zero }, tile)
    }
    let read = zip(computed, stored.hashes).map { $0 ?? $1 }
    let differing = read.indices.filter { read[$0] != stored.hashes[$0] }
    guard let offset = differing.first else { return try add(read, tile) }
    if candidates.count * 2 > Self.limit { candidates.removeLast(candidates.count - 1) }
    var other = self
    other.blame(
      VerificationFinding(
        position: first.advanced(by: UInt64(offset)),
        what: "the hash of this record in tile \(key.path()) is not that of the record"))
    try other.add(read, tile)
    for offset in differing {
      blame(
        VerificationFinding(
          position: first.advanced(by: UInt64(offset)),
          what: "the record is not the one whose hash is in tile \(key.path())"))
    }
    try add(stored.hashes, tile)
    candidates += other.candidates
  }

  /// Adds the leaves behind the last full tile.
  mutating func append(_ leaves: [Digest]) {
    for index in candidates.indices {
      for leaf in leaves { candidates[index].tree.append(leaf) { _ in } }
    }
  }

  /// Keeps one tree and gives what is wrong if it is right: the one at `index`, or, where nothing
  /// told which is right, the one with the fewest findings.
  mutating func settle(_ index: Int?) -> [VerificationFinding] {
    let fewest = candidates.indices.min {
      candidates[$0].findings.count < candidates[$1].findings.count
    }
    var kept = candidates[index ?? fewest ?? 0]
    let findings = kept.findings
    kept.findings = []
    candidates = [kept]
    return findings
  }

  private mutating func blame(_ finding: VerificationFinding) {
    for index in candidates.indices { candidates[index].findings.append(finding) }
  }

  private mutating func add(_ leaves: [Digest], _ tile: (TileKey) throws -> Tile?) throws {
    for index in candidates.indices {
      var findings: [VerificationFinding] = []
      for leaf in leaves {
        try candidates[index].tree.append(leaf) { completed in
          guard completed.key.level > 0, try tile(completed.key) != completed else { return }
          findings.append(
            VerificationFinding(
              position: Position(completed.key.firstLeaf + 1),
              what: "tile \(completed.key.path()) is not what its records make"))
        }
      }
      candidates[index].findings += findings
    }
  }
}
