import Platform

/// A proof, readable off line, that one record is in the journal: a C2SP tlog-proof file.
public struct RecordProof: Hashable, Sendable {
  static let firstLine = "c2sp.org/tlog-proof@v1"

  /// The record's leaf, from 0: its position less one.
  public let index: UInt64
  /// The audit path, the leaf's sibling first.
  public let path: [Digest]
  public let checkpoint: SignedNote
  /// Opaque data that nothing authenticates; nil when absent.
  public let extra: [UInt8]?

  public init(index: UInt64, path: [Digest], checkpoint: SignedNote, extra: [UInt8]? = nil) {
    self.index = index
    self.path = path
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// Reads the text of a `.tlog-proof` file.
  public init(_ bytes: [UInt8]) throws(ProofError) {
    guard let blank = RecordProof.firstEmptyLine(bytes),
      let head = String(validating: bytes[..<blank], as: UTF8.self)
    else { throw .malformed("proof without checkpoint") }
    var lines = head.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard lines.popFirst() == RecordProof.firstLine[...] else { throw .malformed("proof version") }
    extra = try RecordProof.extra(&lines)
    guard let line = lines.popFirst(), line.hasPrefix("index "),
      let index = UInt64(line.dropFirst(6)),
      "index \(index)" == line
    else { throw .malformed("proof index") }
    self.index = index
    guard lines.count <= 64 else { throw .malformed("proof of \(lines.count) hashes") }
    var path: [Digest] = []
    for line in lines {
      guard let hash = Base64.decode(line).flatMap({ Digest(bytes: $0) }) else {
        throw .malformed("proof hash")
      }
      path.append(hash)
    }
    self.path = path
    checkpoint = try SignedNote(Array(bytes[(blank + 1)...]))
  }

  /// The checkpoint the record is proved to be in; an error where anything does not fit.
  public func verify(
    record: [UInt8], origin: String, keys: [VerifierKey]
  ) throws(ProofError) -> Checkpoint {
    let head = try Checkpoint(checkpoint, origin: origin, keys: keys)
    guard
      MerkleProof.includes(
        leaf: MerkleTree.leafHash(record), index: index, size: head.size, proof: path,
        root: head.root)
    else { throw .inconsistent("the record is not leaf \(index) of \(head.size)") }
    return head
  }

  private static func firstEmptyLine(_ bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().first { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }
  }

  private static func extra(_ lines: inout ArraySlice<Substring>) throws(ProofError) -> [UInt8]? {
    guard let line = lines.first, line.hasPrefix("extra ") else { return nil }
    lines.removeFirst()
    guard let extra = Base64.decode(line.dropFirst(6)) else {
      throw .malformed("proof extra")
    }
    return extra
  }
}

extension RecordProof: CustomStringConvertible {
  /// The text of a `.tlog-proof` file.
  public var description: String {
    var text = RecordProof.firstLine + "\n"
    if let extra { text += "extra \(Base64.text(extra))\n" }
    text += "index \(index)\n"
    for hash in path { text += Base64.text(hash.bytes) + "\n" }
    return text + "\n" + checkpoint.description
  }
}
