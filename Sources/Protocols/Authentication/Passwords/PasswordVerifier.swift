import Platform

/// What the server keeps of a password: enough to check it, by SCRAM or as it is, and not enough to
/// sign in with. RFC 5802 §3
///
/// The stored form is frozen. 86 octets: version 1 (1), iterations (4, big endian), length of the
/// salt = 16 (1), salt (16), StoredKey (32), ServerKey (32). SHA-256 throughout (RFC 7677).
public struct PasswordVerifier: Hashable, Sendable {
  static let version: UInt8 = 1
  static let saltCount = 16
  static let codedCount = 86
  /// What a hostile record could ask for at most.
  static let mostIterations = 10_000_000

  public let iterations: Int
  public let salt: [UInt8]
  let storedKey: [UInt8]
  let serverKey: [UInt8]

  /// Makes the verifier of a new password. 50,000 iterations take about 15 ms: not on a loop.
  public static func make(
    _ password: [UInt8], iterations: Int, entropy: some Entropy
  ) throws(PasswordRefusal) -> PasswordVerifier {
    guard let prepared = Password.prepared(password) else { throw .unusable }
    let salt = entropy.bytes(saltCount)
    return PasswordVerifier(prepared: prepared, salt: salt, iterations: iterations)
  }

  /// The verifier of a prepared password, a salt and a number of rounds.
  init(prepared: [UInt8], salt: [UInt8], iterations: Int) {
    let salted = PBKDF2.sha256(
      password: prepared, salt: salt, iterations: max(1, min(iterations, Self.mostIterations))
    ).bytes
    self.iterations = iterations
    self.salt = salt
    let clientKey = HMAC.sha256(key: salted, Array("Client Key".utf8)).bytes
    storedKey = SHA256.digest(clientKey).bytes
    serverKey = HMAC.sha256(key: salted, Array("Server Key".utf8)).bytes
  }

  private init(iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8]) {
    self.iterations = iterations
    self.salt = salt
    self.storedKey = storedKey
    self.serverKey = serverKey
  }

  /// Whether `password` is the one. It takes as long for a wrong one. Not on a loop.
  public func matches(_ password: [UInt8]) -> Bool {
    let prepared = Password.prepared(password)
    let other = PasswordVerifier(
      prepared: prepared ?? password, salt: salt, iterations: iterations)
    return ConstantTime.equal(other.storedKey, storedKey) && prepared != nil
  }

  /// The stored form.
  public var coded: [UInt8] {
    var bytes = [Self.version]
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: iterations >> shift)) }
    bytes.append(UInt8(Self.saltCount))
    return bytes + salt + storedKey + serverKey
  }

  /// Reads the stored form; nil for anything else.
  public init?(coded: [UInt8]) {
    guard coded.count == Self.codedCount, coded[0] == Self.version, coded[5] == Self.saltCount
    else { return nil }
    let iterations = coded[1...4].reduce(0) { $0 << 8 | Int($1) }
    guard (1...Self.mostIterations).contains(iterations) else { return nil }
    self.init(
      iterations: iterations, salt: Array(coded[6..<22]), storedKey: Array(coded[22..<54]),
      serverKey: Array(coded[54..<86]))
  }

  /// What stands in for the verifier of a name that nobody has: always the same for a name, so that
  /// asking twice tells nothing, and matched by no password. RFC 5802 §5.1
  static func decoy(for name: [UInt8], key: Key, iterations: Int) -> PasswordVerifier {
    let salt = HMAC.sha256(key: key, [0] + name).bytes
    let keys = HMAC.sha256(key: key, [1] + name).bytes
    return PasswordVerifier(
      iterations: iterations, salt: Array(salt[..<saltCount]), storedKey: keys, serverKey: keys)
  }
}
