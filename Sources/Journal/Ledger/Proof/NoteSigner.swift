import Platform

/// The private half of a note's key. Its seed lives in a keyring slot.
public struct NoteSigner: Sendable {
  public let verifier: VerifierKey
  private let seed: Key

  /// An error where `name` is not fit for a key's name.
  public init(name: String, seed: Key) throws(ProofError) {
    verifier = try VerifierKey(name: name, publicKey: Ed25519.publicKey(seed: seed))
    self.seed = seed
  }

  /// The note of `text`, which ends in a newline, with this key's signature. C2SP signed-note
  public func sign(_ text: String) throws(ProofError) -> SignedNote {
    var note = try SignedNote(text: text, signatures: [])
    note.signatures.append(
      SignedNote.Signature(
        name: verifier.name, keyID: verifier.id,
        bytes: Ed25519.sign(Array(text.utf8), seed: seed)))
    return note
  }

  /// The signed checkpoint of a tree head.
  public func sign(_ checkpoint: Checkpoint) throws(ProofError) -> SignedNote {
    try sign(checkpoint.text)
  }
}
