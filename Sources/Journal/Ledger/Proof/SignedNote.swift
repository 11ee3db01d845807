import Platform

/// A text signed by one or more keys, in C2SP's signed-note form.
public struct SignedNote: Hashable, Sendable {
  /// One signature line: who claims to have signed, and with what.
  public struct Signature: Hashable, Sendable {
    public let name: String
    public let keyID: UInt32
    public let bytes: [UInt8]
  }

  /// Notes above this size, in bytes, are refused unread.
  public static let maximumByteCount = 1 << 20
  /// Notes with more signature lines are refused.
  public static let maximumSignatures = 100

  /// The signed text with its final newline.
  public let text: String
  public internal(set) var signatures: [Signature]

  init(text: String, signatures: [Signature]) throws(ProofError) {
    guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
      throw .malformed("note text")
    }
    self.text = text
    self.signatures = signatures
  }

  /// Reads a note: UTF-8 without control characters, text and signatures parted by the last empty
  /// line. Nothing in it is to be trusted before `verified(by:)`.
  public init(_ bytes: [UInt8]) throws(ProofError) {
    guard bytes.count <= SignedNote.maximumByteCount,
      let whole = String(validating: bytes, as: UTF8.self)
    else { throw .malformed("note: not UTF-8 or too long") }
    guard let split = SignedNote.lastEmptyLine(bytes), bytes.last == 0x0A else {
      throw .malformed("note without signatures")
    }
    let utf8 = whole.utf8
    let middle = utf8.index(utf8.startIndex, offsetBy: split)
    let lines = whole[utf8.index(after: middle)...].split(
      separator: "\n", omittingEmptySubsequences: false)
    guard 2...SignedNote.maximumSignatures + 1 ~= lines.count else {
      throw .malformed("note with \(lines.count - 1) signatures")
    }
    var signatures: [Signature] = []
    for line in lines.dropLast() { signatures.append(try SignedNote.signature(line)) }
    try self.init(text: String(whole[..<middle]), signatures: signatures)
  }

  /// The text, when at least one of `keys` signed it and no signature of theirs fails.
  public func verified(by keys: [VerifierKey]) throws(ProofError) -> String {
    var known = 0
    for signature in signatures {
      for key in keys where key.name == signature.name && key.id == signature.keyID {
        guard
          Ed25519.verify(
            signature.bytes, of: Array(text.utf8), publicKey: key.publicKey)
        else { throw .forged(name: key.name) }
        known += 1
      }
    }
    guard known > 0 else { throw .unsigned }
    return text
  }

  /// The index of the newline that is the last empty line.
  private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
    var index = bytes.count - 1
    while index > 0 {
      if bytes[index] == 0x0A, bytes[index - 1] == 0x0A { return index }
      index -= 1
    }
    return nil
  }

  private static func signature(_ line: Substring) throws(ProofError) -> Signature {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "\u{2014}", VerifierKey.isName(parts[1]),
      let bytes = Base64.decode(parts[2]), bytes.count > 4
    else { throw .malformed("signature line") }
    return Signature(
      name: String(parts[1]), keyID: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) },
      bytes: Array(bytes[4...]))
  }
}

extension SignedNote: CustomStringConvertible {
  /// The whole note as stored and served.
  public var description: String {
    var note = text + "\n"
    for signature in signatures {
      let id = (0..<4).map { UInt8(truncatingIfNeeded: signature.keyID >> (24 - 8 * $0)) }
      note += "\u{2014} \(signature.name) \(Base64.text(id + signature.bytes))\n"
    }
    return note
  }
}
