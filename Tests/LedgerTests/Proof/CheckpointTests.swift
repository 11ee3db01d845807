import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct CheckpointTests {
  /// The example of C2SP tlog-checkpoint, its note text.
  static let example = """
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    """

  @Test func theExampleOfTheSpecificationIsReadAndWritten() throws {
    let head = try Checkpoint(text: CheckpointTests.example)
    check(head.origin, "example.com/behind-the-sofa")
    check(head.size, 20_852_163)
    check(head.text, CheckpointTests.example)
    let extended = try Checkpoint(text: CheckpointTests.example + "one\ntwo\n")
    check(extended.extensions, ["one", "two"])
    check(extended.text, CheckpointTests.example + "one\ntwo\n")
  }

  @Test(arguments: [
    ("20852163", "020852163"), ("20852163", "+20852163"), ("20852163", ""), ("20852163", "2e3"),
    ("example.com/behind-the-sofa", ""), ("q2I=", "q2J="), ("q2I=", "q2I"), ("q2I=\n", "q2I=\n\n"),
    ("20852163", "18446744073709551616"), ("sofa", "so\rfa"), ("q2I=\n", "q2I="),
  ])
  func otherTextsAreRefused(part: String, instead: String) {
    let pieces = CheckpointTests.example.split(separator: part, maxSplits: 1)
    let text =
      pieces.count == 2
      ? pieces[0] + instead + pieces[1]
      : CheckpointTests.example.hasPrefix(part) ? instead + pieces[0] : pieces[0] + instead
    #expect(throws: ProofError.self) { try Checkpoint(text: String(text)) }
  }

  @Test func aRecordIsProvedOffLine() throws {
    let signer = try SignedNoteTests.signer()
    let grown = GrownTree(decimal: 1_000)
    let head = try Checkpoint(origin: "mail.test/log", size: 1_000, root: grown.tree.root)
    let note = try signer.sign(head)
    let path = try grown.tree.inclusionProof(of: 421, in: 1_000, tile: grown.tile)
    for extra in [nil, [], Array("seen".utf8)] as [[UInt8]?] {
      let proof = RecordProof(index: 421, path: path, checkpoint: note, extra: extra)
      let read = try RecordProof(Array(proof.description.utf8))
      check(read, proof)
      check(
        try read.verify(
          record: Array("421".utf8), origin: "mail.test/log", keys: [signer.verifier]), head)
      #expect(throws: ProofError.inconsistent("the record is not leaf 421 of 1000")) {
        try read.verify(
          record: Array("422".utf8), origin: "mail.test/log", keys: [signer.verifier])
      }
      #expect(throws: ProofError.inconsistent("a checkpoint of mail.test/log")) {
        try read.verify(
          record: Array("421".utf8), origin: "other.test/log", keys: [signer.verifier])
      }
    }
  }

  /// The layout of the file in C2SP tlog-proof, line by line.
  @Test func aProofHasTheLinesOfTheSpecification() throws {
    let grown = GrownTree(decimal: 3)
    let head = try Checkpoint(origin: "mail.test/log", size: 3, root: grown.tree.root)
    let note = try SignedNoteTests.signer().sign(head)
    let path = try grown.tree.inclusionProof(of: 1, in: 3, tile: grown.tile)
    let text = RecordProof(index: 1, path: path, checkpoint: note, extra: [1]).description
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    check(lines[..<3].map(String.init), ["c2sp.org/tlog-proof@v1", "extra AQ==", "index 1"])
    check(lines[3], Base64.text(path[0].bytes)[...])
    check(lines[5], "")
    check(lines[6...].joined(separator: "\n"), note.description)
  }

  @Test func changedProofsAreRefused() throws {
    let signer = try SignedNoteTests.signer()
    let grown = GrownTree(decimal: 9)
    let head = try Checkpoint(origin: "mail.test/log", size: 9, root: grown.tree.root)
    let path = try grown.tree.inclusionProof(of: 4, in: 9, tile: grown.tile)
    let proof = RecordProof(index: 4, path: path, checkpoint: try signer.sign(head))
    let bytes = Array(proof.description.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let verified = try? RecordProof(changed).verify(
        record: [UInt8(ascii: "4")], origin: "mail.test/log", keys: [signer.verifier])
      check(verified == nil, "byte \(index) changed")
    }
  }
}
