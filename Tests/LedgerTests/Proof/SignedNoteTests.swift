import Platform
import TestKit
import Testing

@testable import Ledger

@Suite struct SignedNoteTests {
  // The example of Go's package golang.org/x/mod/sumdb/note, note_test.go.
  static let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let text = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    """
  static let note =
    text + "\n\u{2014} PeterNeumann "
    + "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

  static func signer() throws -> NoteSigner {
    let bytes = try #require(Base64.decode(seed))
    return try NoteSigner(name: "PeterNeumann", seed: try #require(Key(bytes: Array(bytes[1...]))))
  }

  @Test func thePublishedNoteIsSignedAndVerified() throws {
    let signer = try SignedNoteTests.signer()
    check(signer.verifier.description, SignedNoteTests.vkey)
    check(try signer.sign(SignedNoteTests.text).description, SignedNoteTests.note)
    let note = try SignedNote(Array(SignedNoteTests.note.utf8))
    check(note.description, SignedNoteTests.note)
    check(try note.verified(by: [signer.verifier]), SignedNoteTests.text)
  }

  /// As Go's TestNewVerifier: no part of a vkey and no change of one byte is accepted.
  @Test func onlyTheWholeKeyIsRead() throws {
    let key = Array(SignedNoteTests.vkey.utf8)
    _ = try VerifierKey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    for index in key.indices {
      var changed = key
      changed[index] += 1
      let mangled = [changed, Array(key[..<index]), Array(key[(index + 1)...])]
      for bytes in mangled {
        let text = String(decoding: bytes, as: UTF8.self)
        check((try? VerifierKey(text)) == nil, text)
      }
    }
  }

  @Test func everyChangedByteOfANoteIsRefused() throws {
    let key = try VerifierKey(SignedNoteTests.vkey)
    let bytes = Array(SignedNoteTests.note.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      check(
        (try? SignedNote(changed).verified(by: [key])) == nil, "byte \(index) changed")
      check(
        (try? SignedNote(Array(bytes[..<index])).verified(by: [key])) == nil, "cut at \(index)")
    }
  }

  @Test func unknownSignaturesAreIgnoredAndKnownOnesMustHold() throws {
    let known = try SignedNoteTests.signer()
    let other = try NoteSigner(name: "other", seed: SeededEntropy(seed: 1).key())
    var note = try known.sign(SignedNoteTests.text)
    note.signatures += try other.sign(SignedNoteTests.text).signatures
    check(try note.verified(by: [known.verifier]), SignedNoteTests.text)
    check(try SignedNote(Array(note.description.utf8)), note)
    #expect(throws: ProofError.unsigned) {
      try note.verified(by: [
        VerifierKey(name: "third", publicKey: known.verifier.publicKey)
      ])
    }
    var forged = try known.sign("other text\n")
    forged.signatures += try other.sign("other text\n").signatures
    forged = try SignedNote(text: SignedNoteTests.text, signatures: forged.signatures)
    #expect(throws: ProofError.forged(name: "PeterNeumann")) {
      try forged.verified(by: [known.verifier, other.verifier])
    }
  }

  @Test(arguments: ["", "a b", "a+b", "a\u{a0}b", "a\tb", "a\u{7f}"])
  func namesThatWouldSplitALineAreRefused(name: String) {
    #expect(throws: ProofError.malformed("key name")) {
      try VerifierKey(name: name, publicKey: [UInt8](repeating: 1, count: 32))
    }
  }
}
