import Platform

/// The public half of a note's key: a name, the 4-byte id that notes carry, and an Ed25519 key.
///
/// As text it is a vkey, `name+hexid+base64(0x01 || key)`. C2SP signed-note
public struct VerifierKey: Hashable, Sendable {
  /// The signature type of Ed25519 in ids and vkeys. C2SP signed-note
  static let ed25519: UInt8 = 0x01

  public let name: String
  /// SHA-256(name || LF || 0x01 || key), its first four bytes big endian.
  public let id: UInt32
  /// 32 bytes.
  public let publicKey: [UInt8]

  /// An error where the name is empty or holds a space, a plus or a control character, or the key
  /// is not of 32 bytes.
  public init(name: String, publicKey: [UInt8]) throws(ProofError) {
    guard VerifierKey.isName(name) else { throw .malformed("key name") }
    guard publicKey.count == 32 else { throw .malformed("key of \(publicKey.count) bytes") }
    self.name = name
    self.publicKey = publicKey
    id = VerifierKey.id(name: name, publicKey: publicKey)
  }

  /// Reads a vkey; an error where its id does not belong to its name and key.
  public init(_ text: some StringProtocol) throws(ProofError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1].utf8.count == 8, let id = UInt32(parts[1], radix: 16),
      let key = Base64.decode(parts[2]), key.first == VerifierKey.ed25519
    else { throw .malformed("verifier key") }
    try self.init(name: String(parts[0]), publicKey: Array(key.dropFirst()))
    guard self.id == id, description == text else { throw .malformed("verifier key id") }
  }

  static func id(name: String, publicKey: [UInt8]) -> UInt32 {
    let hash = SHA256.digest(Array(name.utf8) + [0x0A, ed25519] + publicKey)
    return hash.bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.value > 0x20 && $0.value != 0x7F && $0 != "+" && !$0.properties.isWhitespace
      }
  }
}

extension VerifierKey: CustomStringConvertible {
  /// The vkey.
  public var description: String {
    let hex = String(id, radix: 16)
    let key = Base64.text([VerifierKey.ed25519] + publicKey)
    return "\(name)+\(String(repeating: "0", count: 8 - hex.count))\(hex)+\(key)"
  }
}
