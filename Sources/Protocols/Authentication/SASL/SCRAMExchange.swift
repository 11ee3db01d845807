import Platform

/// SCRAM-SHA-256 and its PLUS: proof of the password by both sides, without either showing it.
/// RFC 5802 §5, RFC 7677 §3
struct SCRAMExchange: SASLExchange {
  private enum Stage {
    case first
    case finding(SCRAMMessage.First)
    case last(SCRAMMessage.First, serverFirst: [UInt8], SASLCredentials)
    /// The server's signature was sent; the client acknowledges it with nothing.
    case acknowledgement
    case over
  }

  private let isPlus: Bool
  private let offersPlus: Bool
  private let bindings: [String: [UInt8]]
  private let serverNonce: [UInt8]
  private var stage = Stage.first

  /// - Parameters:
  ///   - bindings: of this connection, by name; empty without TLS.
  ///   - offersPlus: whether the client could have used SCRAM-SHA-256-PLUS.
  ///   - nonce: printable, without a comma, used once.
  init(isPlus: Bool, offersPlus: Bool, bindings: [String: [UInt8]], nonce: [UInt8]) {
    self.isPlus = isPlus
    self.offersPlus = offersPlus
    self.bindings = bindings
    serverNonce = nonce
  }

  mutating func start(_ initial: [UInt8]?) -> SASLAction {
    initial.map { step($0) } ?? .challenge([])
  }

  mutating func step(_ response: [UInt8]) -> SASLAction {
    switch stage {
    case .first: return hearFirst(response)
    case .last(let first, let serverFirst, let credentials):
      return hearLast(response, first, serverFirst, credentials)
    case .acknowledgement:
      stage = .over
      return response.isEmpty ? .accept : .refuse(.malformed)
    case .finding, .over: return .refuse(.malformed)
    }
  }

  private mutating func hearFirst(_ response: [UInt8]) -> SASLAction {
    guard let first = SCRAMMessage.first(response) else { return .refuse(.malformed) }
    switch first.binding {
    case .unsupported where !isPlus: break
    // A client that believes the server cannot bind, where it can, was lied to on the way.
    case .unusedByServer where !isPlus && !offersPlus: break
    case .used(let name) where isPlus && bindings[name] != nil: break
    default: return .refuse(.refused)
    }
    guard first.actor.isEmpty || first.actor == first.name else { return .refuse(.refused) }
    stage = .finding(first)
    return .find(name: first.name)
  }

  // server-first-message = nonce "," salt "," iteration-count
  mutating func found(_ credentials: SASLCredentials) -> SASLAction {
    guard case .finding(let first) = stage else { return .refuse(.malformed) }
    let salt = Base64.text(credentials.verifier.salt)
    let nonce = String(decoding: first.nonce + serverNonce, as: UTF8.self)
    let message = Array("r=\(nonce),s=\(salt),i=\(credentials.verifier.iterations)".utf8)
    stage = .last(first, serverFirst: message, credentials)
    return .challenge(message)
  }

  private mutating func hearLast(
    _ response: [UInt8], _ first: SCRAMMessage.First, _ serverFirst: [UInt8],
    _ credentials: SASLCredentials
  ) -> SASLAction {
    stage = .over
    guard let last = SCRAMMessage.last(response) else { return .refuse(.malformed) }
    let binding: [UInt8] =
      if case .used(let name) = first.binding { bindings[name] ?? [] } else { [] }
    let comma = [UInt8(ascii: ",")]
    let message = first.bare + comma + serverFirst + comma + last.withoutProof
    let verifier = credentials.verifier
    let signature = HMAC.sha256(key: verifier.storedKey, message).bytes
    let clientKey = zip(last.proof, signature).map { $0 ^ $1 }
    let isProven = ConstantTime.equal(SHA256.digest(clientKey).bytes, verifier.storedKey)
    let isBound = ConstantTime.equal(last.binding, first.header + binding)
    guard last.nonce == first.nonce + serverNonce, isProven, isBound else {
      return .refuse(.refused)
    }
    stage = .acknowledgement
    let answer = HMAC.sha256(key: verifier.serverKey, message).bytes
    return .challenge(Array("v=\(Base64.text(answer))".utf8))
  }
}
