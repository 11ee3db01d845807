import Platform

/// A tree head as C2SP's tlog-checkpoint writes it: origin, size and root.
public struct Checkpoint: Hashable, Sendable {
  /// The log's name, one non-empty line.
  public let origin: String
  /// The number of leaves: the position of the last record.
  public let size: UInt64
  public let root: Digest
  /// Opaque non-empty lines that follow; the journal writes none.
  public let extensions: [String]

  public init(
    origin: String, size: UInt64, root: Digest, extensions: [String] = []
  ) throws(ProofError) {
    guard ([origin] + extensions).allSatisfy(Checkpoint.isLine) else {
      throw .malformed("checkpoint line")
    }
    self.origin = origin
    self.size = size
    self.root = root
    self.extensions = extensions
  }

  /// The note text that is signed.
  public var text: String {
    var text = "\(origin)\n\(size)\n\(Base64.text(root.bytes))\n"
    for line in extensions { text += line + "\n" }
    return text
  }

  /// Reads a note text.
  public init(text: String) throws(ProofError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, lines.last == "", let size = UInt64(lines[1]),
      let root = Base64.decode(lines[2]).flatMap({ Digest(bytes: $0) })
    else { throw .malformed("checkpoint") }
    try self.init(
      origin: String(lines[0]), size: size, root: root,
      extensions: lines[3..<lines.count - 1].map(String.init))
    guard self.text == text else { throw .malformed("checkpoint number or base64") }
  }

  /// Reads and trusts a signed checkpoint of `origin`, signed by one of `keys`.
  public init(
    _ note: SignedNote, origin: String, keys: [VerifierKey]
  ) throws(ProofError) {
    try self.init(text: try note.verified(by: keys))
    guard self.origin == origin else { throw .inconsistent("a checkpoint of \(self.origin)") }
  }

  private static func isLine(_ line: String) -> Bool {
    !line.isEmpty && line.utf8.allSatisfy { $0 >= 0x20 }
  }
}
