import Platform

/// The client's side of SCRAM-SHA-256 without channel binding. RFC 5802 §5, RFC 7677 §3
struct SCRAMClient: Sendable {
  /// Fewer make a stolen exchange cheap to try passwords on (RFC 7677 §4); more are an attack.
  static let iterations = 4_096...600_000

  private let nonce: [UInt8]
  private let bare: [UInt8]
  private var withoutProof: [UInt8] = []
  private var message: [UInt8] = []
  private var serverSignature: [UInt8] = []
  private(set) var isServerProven = false

  init(name: [UInt8], nonce: [UInt8]) {
    self.nonce = nonce
    let escaped = name.flatMap { octet in
      switch octet {
      case UInt8(ascii: ","): Array("=2C".utf8)
      case UInt8(ascii: "="): Array("=3D".utf8)
      default: [octet]
      }
    }
    bare = Array("n=".utf8) + escaped + Array(",r=".utf8) + nonce
  }

  // client-first-message = "n,," client-first-message-bare
  var first: [UInt8] { Array("n,,".utf8) + bare }

  // server-first-message = "r=" nonce ",s=" base64 ",i=" posit-number; server-final-message = "v="
  mutating func hear(_ challenge: [UInt8]) -> ClientSASL.Step {
    guard serverSignature.isEmpty else { return hearFinal(challenge) }
    let fields = challenge.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard message.isEmpty, fields.count >= 3, let both = value(fields[0], "r"),
      both.starts(with: nonce), both.count > nonce.count,
      let coded = value(fields[1], "s"), let salt = Base64.decode(Array(coded)), !salt.isEmpty,
      let digits = value(fields[2], "i"),
      let count = Int(String(decoding: digits, as: UTF8.self)), Self.iterations.contains(count)
    else { return .fail }
    // "biws" is "n,," in Base64.
    withoutProof = Array("c=biws,r=".utf8) + both
    let comma = [UInt8(ascii: ",")]
    message = bare + comma + challenge + comma + withoutProof
    return .derive(salt: salt, iterations: count)
  }

  mutating func derived(_ salted: Digest) -> ClientSASL.Step {
    guard !message.isEmpty, serverSignature.isEmpty else { return .fail }
    let clientKey = HMAC.sha256(key: salted.bytes, Array("Client Key".utf8)).bytes
    let stored = SHA256.digest(clientKey).bytes
    let proof = zip(clientKey, HMAC.sha256(key: stored, message).bytes).map { $0 ^ $1 }
    let serverKey = HMAC.sha256(key: salted.bytes, Array("Server Key".utf8)).bytes
    serverSignature = HMAC.sha256(key: serverKey, message).bytes
    return .respond(withoutProof + Array(",p=\(Base64.text(proof))".utf8))
  }

  private mutating func hearFinal(_ challenge: [UInt8]) -> ClientSASL.Step {
    guard !isServerProven, let coded = value(challenge[...], "v"),
      let signature = Base64.decode(Array(coded)),
      ConstantTime.equal(signature, serverSignature)
    else { return .fail }
    isServerProven = true
    return .respond([])
  }

  private func value(_ field: ArraySlice<UInt8>, _ key: Character) -> ArraySlice<UInt8>? {
    guard field.count >= 2, field.first == key.asciiValue,
      field[field.startIndex + 1] == UInt8(ascii: "=")
    else { return nil }
    return field.dropFirst(2)
  }
}
