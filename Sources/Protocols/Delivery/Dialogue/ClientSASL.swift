import Platform

/// The client's side of one sign-in. RFC 4422 §3
struct ClientSASL: Sendable {
  /// What comes next.
  enum Step: Hashable, Sendable {
    case respond([UInt8])
    /// The salted password is wanted, which takes long to make; then `derived`.
    case derive(salt: [UInt8], iterations: Int)
    case fail
  }

  private enum State: Sendable {
    case plain, loginName, loginPassword, cram
    case scram(SCRAMClient)
    case over
  }

  /// The mechanism's name.
  let mechanism: String
  /// What is sent with AUTH itself, where the mechanism begins.
  let initial: [UInt8]?
  private let credentials: OutboundCredentials
  private var state: State

  /// The best of the mechanisms that `features` offers and that may be used; nil where none is.
  ///
  /// - Parameter nonce: printable, without a comma, used once.
  init?(
    _ credentials: OutboundCredentials, _ features: ServerFeatures, isEncrypted: Bool,
    nonce: [UInt8]
  ) {
    self.credentials = credentials
    let offered = features.mechanisms
    let mayShow = isEncrypted || credentials.allowsClearText
    let name = Array(credentials.name.utf8)
    if offered.contains("SCRAM-SHA-256") {
      let client = SCRAMClient(name: name, nonce: nonce)
      (mechanism, initial, state) = ("SCRAM-SHA-256", client.first, .scram(client))
    } else if mayShow, offered.contains("PLAIN") {
      (mechanism, initial, state) = ("PLAIN", [0] + name + [0] + credentials.password, .plain)
    } else if mayShow, offered.contains("LOGIN") {
      (mechanism, initial, state) = ("LOGIN", nil, .loginName)
    } else if offered.contains("CRAM-MD5") {
      (mechanism, initial, state) = ("CRAM-MD5", nil, .cram)
    } else {
      return nil
    }
  }

  /// Whether the server may say that the sign-in is done: it has proven itself where it can.
  var mayEnd: Bool {
    switch state {
    case .scram(let client): client.isServerProven
    case .loginName, .loginPassword, .cram: false
    case .plain, .over: true
    }
  }

  mutating func hear(_ challenge: [UInt8]) -> Step {
    switch state {
    case .plain, .over: return .fail
    case .loginName:
      state = .loginPassword
      return .respond(Array(credentials.name.utf8))
    case .loginPassword:
      state = .over
      return .respond(credentials.password)
    case .cram:
      state = .over
      let digest = HMAC.md5(key: credentials.password, challenge)
      return .respond(Array("\(credentials.name) \(Hex.encode(digest))".utf8))
    case .scram(var client):
      defer { state = .scram(client) }
      return client.hear(challenge)
    }
  }

  /// Goes on with what `derive` asked for.
  mutating func derived(_ salted: Digest) -> Step {
    guard case .scram(var client) = state else { return .fail }
    defer { state = .scram(client) }
    return client.derived(salted)
  }
}
