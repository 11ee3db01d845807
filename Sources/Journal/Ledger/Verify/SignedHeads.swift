import Events
import Platform

/// Every checkpoint that was ever signed and is at hand, to be met while the tree is built.
final class SignedHeads {
  /// A tree that was signed, and where the note was found.
  struct Head {
    let size: UInt64
    let root: Digest
    let source: String
  }

  private let tell: (VerificationLine) -> Void
  /// By size, the greatest first, so that the next one is the last.
  private var heads: [Head] = []
  /// The greatest size at which the tree was what was signed.
  private(set) var lastGood: UInt64 = 0
  /// The checkpoints that lie beyond what is walked.
  private var beyond: [Head] = []

  /// Collects the notes of all days and epochs; one that does not hold is told and left out.
  init(
    _ directory: DataDirectory, _ epochs: Epochs, key: VerifierKey, origin: String,
    tell: @escaping (VerificationLine) -> Void
  ) {
    self.tell = tell
    let files = CheckpointFiles(directory: directory.checkpoints, outside: nil)
    collect("the directory checkpoints") {
      for name in try files.names() {
        collect("checkpoints/\(name)") {
          var start = 0
          for note in try files.notes(in: name) {
            let source = "checkpoints/\(name), the note at byte \(start)"
            collect(source) { try add(note, key, origin, source) }
            start += note.description.utf8.count + 1
          }
          let rest = try files.rest(in: name)
          if !TornNote.matches(rest.bytes, at: rest.offset, origin: origin) {
            fail(nil, "checkpoints/\(name), the note at byte \(rest.offset): it is not one")
          }
        }
      }
    }
    for epoch in epochs.all {
      let source = "epoch \(epoch.number)"
      collect(source) {
        guard let note = try epoch.meta().checkpoint else { return }
        try add(try SignedNote(Array(note.utf8)), key, origin, source)
      }
    }
    heads.sort { $0.size > $1.size }
  }

  /// Compares trees of one size with the checkpoints of that size.
  ///
  /// - Parameter roots: the roots of the trees that come into question.
  /// - Returns: the index of the one that was signed; nil where none of them or nothing was.
  func meet(_ roots: [Digest], size: UInt64) -> Int? {
    var found: Int?
    while let head = heads.last, head.size <= size {
      heads.removeLast()
      guard head.size == size else { continue }
      found = roots.firstIndex(of: head.root)
      if found != nil {
        lastGood = size
      } else {
        differing = differing ?? head
      }
    }
    return found
  }

  /// The first checkpoint that differs from the tree.
  private(set) var differing: Head?

  /// The size of the next checkpoint to be met.
  var nextSize: UInt64? { heads.last?.size }

  /// Tells of checkpoints that were signed over more than there is now.
  func checkBeyond(_ epochs: Epochs) throws {
    let size = try epochs.tip().size
    for head in heads where head.size > size {
      fail(
        Position(size + 1),
        "\(head.source) holds a checkpoint signed over \(head.size) records: the tail is missing")
    }
  }

  private func collect(_ source: String, _ body: () throws -> Void) {
    do { try body() } catch { fail(nil, "\(source): \(error)") }
  }

  private func add(_ note: SignedNote, _ key: VerifierKey, _ origin: String, _ source: String)
    throws
  {
    let checkpoint = try Checkpoint(note, origin: origin, keys: [key])
    heads.append(Head(size: checkpoint.size, root: checkpoint.root, source: source))
  }

  private func fail(_ position: Position?, _ what: String) {
    tell(.finding(VerificationFinding(position: position, what: what)))
  }
}
