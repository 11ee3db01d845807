import TestKit
import Testing

@testable import Ledger

@Suite struct TileKeyTests {
  /// C2SP tlog-tiles: its example is index 1234067.
  @Test func pathsAreThoseOfTheSpecification() {
    let rows: [(UInt8, UInt64, Int, String)] = [
      (0, 1_234_067, 256, "tile/0/x001/x234/067"),
      (0, 0, 256, "tile/0/000"),
      (1, 999, 17, "tile/1/999.p/17"),
      (7, 1000, 1, "tile/7/x001/000.p/1"),
      (0, .max, 256, "tile/0/x018/x446/x744/x073/x709/x551/615"),
    ]
    for (level, index, width, path) in rows {
      let key = TileKey(level: level, index: index)
      check(key.path(width: width), path)
      let parsed = TileKey.parse(path: path)
      check(parsed?.key, key, path)
      check(parsed?.width, width, path)
      check(TileKey(bytes: key.bytes), key, path)
    }
    check(TileKey.entriesPath(index: 1_234_067, width: 8), "tile/entries/x001/x234/067.p/8")
  }

  @Test(arguments: [
    "tile/0/0", "tile/0/x000/001", "tile/00/001", "tile/8/001", "tile/0/x001", "tile/0/001.p/0",
    "tile/0/001.p/256", "tile/0/001.p/01", "tile/0/001.p", "tile/0/+01", "tile//001", "tile/0/",
    "tile/0/x018/x446/x744/x073/x709/x551/616", "entries/0/001", "",
  ])
  func otherPathsAreRefused(path: String) {
    check(TileKey.parse(path: path) == nil, path)
  }

  /// C2SP tlog-tiles: its example is a tree of 70,000 leaves.
  @Test func widthsAreThoseOfTheSpecification() {
    let rows: [(UInt8, UInt64, Int)] = [
      (0, 272, 256), (0, 273, 112), (0, 274, 0), (1, 0, 256), (1, 1, 17), (2, 0, 1), (3, 0, 0),
    ]
    for (level, index, width) in rows {
      check(TileKey(level: level, index: index).width(in: 70_000), width, "\(level)/\(index)")
    }
    let grown = GrownTree(decimal: 70_000)
    check(grown.tree.partialTiles.map(\.hashes.count), [112, 17, 1])
    check(grown.tiles.count, 274)
  }

  @Test func tilesKeepTheirBytes() throws {
    let grown = GrownTree(decimal: 300)
    for tile in Array(grown.tiles.values) + grown.tree.partialTiles {
      check(try Tile(key: tile.key, bytes: tile.bytes), tile, tile.key.path())
    }
    for count in [0, 31, 33, 257 * 32] {
      #expect(throws: ProofError.self) {
        try Tile(key: TileKey(level: 0, index: 0), bytes: [UInt8](repeating: 0, count: count))
      }
    }
  }
}
