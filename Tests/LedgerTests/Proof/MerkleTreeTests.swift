import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct MerkleTreeTests {
  @Test func rootsMatchPublishedOnes() {
    for size in TreeVectors.roots.indices {
      let grown = GrownTree(leaves: TreeVectors.leaves[..<size])
      check(grown.tree.root.description, TreeVectors.roots[size], "root of \(size)")
    }
    for (size, root) in TreeVectors.decimalRoots {
      check(GrownTree(decimal: size).tree.root.description, root, "root of \(size)")
    }
  }

  @Test func proofsMatchPublishedOnes() throws {
    let grown = GrownTree(leaves: TreeVectors.leaves)
    for (index, size, expected) in TreeVectors.inclusions {
      let proof = try grown.tree.inclusionProof(of: index, in: size, tile: grown.tile)
      check(proof.map(\.description), expected, "inclusion of \(index) in \(size)")
    }
    for (first, second, expected) in TreeVectors.consistencies {
      let proof = try grown.tree.consistencyProof(from: first, to: second, tile: grown.tile)
      check(proof.map(\.description), expected, "consistency of \(first) with \(second)")
    }
  }

  /// Sizes around the borders of tiles and levels, and leaves at both ends and in the middle.
  @Test func everyProofFromTilesVerifies() throws {
    let grown = GrownTree(decimal: 70_000)
    let sizes: [UInt64] = [1, 2, 7, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000]
    for size in sizes {
      let root = try grown.tree.root(at: size, tile: grown.tile)
      for index in Set([0, size / 3, size / 2, size - 1]) {
        let proof = try grown.tree.inclusionProof(of: index, in: size, tile: grown.tile)
        let leaf = grown.leaves[Int(index)]
        let fits = { (index: UInt64, leaf: Digest, proof: [Digest]) in
          MerkleProof.includes(leaf: leaf, index: index, size: size, proof: proof, root: root)
        }
        check(fits(index, leaf, proof), "inclusion of \(index) in \(size)")
        check(!fits(index, root, proof) || size == 1, "another leaf at \(index) in \(size)")
        check(!fits(index + 1, leaf, proof), "\(index) claimed to be the next in \(size)")
        check(!fits(index, leaf, proof + [root]), "a longer proof of \(index) in \(size)")
      }
      for first in sizes where first <= size {
        let old = try grown.tree.root(at: first, tile: grown.tile)
        let proof = try grown.tree.consistencyProof(from: first, to: size, tile: grown.tile)
        let extends = { (old: Digest, new: Digest, proof: [Digest]) in
          MerkleProof.extends(
            first: first, firstRoot: old, second: size, secondRoot: new, proof: proof)
        }
        check(extends(old, root, proof), "\(first) is a prefix of \(size)")
        check(!extends(old, grown.leaves[1], proof), "another tree than \(size)")
        check(first == size || !extends(root, root, proof), "another tree than \(first)")
      }
    }
  }

  @Test func rootsOfTheEmptyTreeAreChecked() {
    let empty = MerkleTree().root
    let root = GrownTree(decimal: 3).tree.root
    check(
      MerkleProof.extends(first: 0, firstRoot: empty, second: 3, secondRoot: root, proof: []),
      "the empty tree is a prefix")
    check(
      !MerkleProof.extends(first: 0, firstRoot: root, second: 3, secondRoot: root, proof: []),
      "a wrong root of the empty tree")
  }

  @Test func questionsBeyondTheTreeAreErrors() {
    let grown = GrownTree(decimal: 5)
    #expect(throws: ProofError.beyond(size: 5)) {
      try grown.tree.inclusionProof(of: 5, in: 5, tile: grown.tile)
    }
    #expect(throws: ProofError.beyond(size: 5)) {
      try grown.tree.consistencyProof(from: 0, to: 5, tile: grown.tile)
    }
    #expect(throws: ProofError.beyond(size: 5)) { try grown.tree.root(at: 6, tile: grown.tile) }
  }

  @Test(arguments: [0, 1, 255, 256, 300, 65_535, 65_536, 66_000, 131_329])
  func aTreeIsRebuiltFromFrontierLeavesAndTiles(size: Int) throws {
    let grown = GrownTree(decimal: UInt64(size))
    let leaves = Array(grown.leaves.suffix(size % 256))
    let frontier = try Frontier(bytes: grown.tree.frontier.bytes)
    var rebuilt = try MerkleTree(frontier: frontier, leaves: leaves, tile: grown.tile)
    check(rebuilt.partialTiles, grown.tree.partialTiles, "partial tiles at \(size)")
    var original = grown
    for _ in 0..<600 {
      let leaf = MerkleTree.leafHash([7])
      original.append(leaf)
      rebuilt.append(leaf) { check($0, original.tiles[$0.key] ?? $0, "tile \($0.key)") }
    }
    check(rebuilt.root, original.tree.root, "root after growing from \(size)")
  }

  @Test func aDamagedTileOrFrontierIsNoticed() throws {
    var grown = GrownTree(decimal: 700)
    let leaves = Array(grown.leaves.suffix(700 % 256))
    let frontier = grown.tree.frontier
    let key = TileKey(level: 0, index: 1)
    let good = try #require(grown.tiles[key])
    var hashes = good.hashes
    hashes.swapAt(3, 4)
    grown.tiles[key] = Tile(key: key, hashes: hashes)
    #expect(throws: ProofError.inconsistent("tiles and frontier differ at size 700")) {
      try MerkleTree(frontier: frontier, leaves: leaves, tile: grown.tile)
    }
    grown.tiles[key] = nil
    #expect(throws: ProofError.missingTile(key)) {
      try MerkleTree(frontier: frontier, leaves: leaves, tile: grown.tile)
    }
    #expect(throws: ProofError.self) {
      try Frontier(bytes: Array(frontier.bytes.dropLast(32)))
    }
  }
}
