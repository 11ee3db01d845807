import Platform

/// A conversation from the greeting until a transaction can begin. RFC 5321 §3.1, §3.2
struct ClientHandshake: Sendable {
  enum Action: Hashable, Sendable {
    /// Send this and hear the reply.
    case say([UInt8])
    /// Start TLS; then `secured`.
    case encrypt
    /// Make the salted password; then `derived`.
    case derive(salt: [UInt8], iterations: Int)
    case ready(ServerFeatures)
    case fail(SessionFailure)
  }

  private let terms: OutboundTerms
  private let nonce: [UInt8]
  private(set) var stage = ClientStage.greeting
  private var features = ServerFeatures()
  private var exchange: ClientSASL?
  private var saidHelo = false
  private(set) var isEncrypted: Bool

  /// - Parameters:
  ///   - isEncrypted: whether TLS has been spoken from the first octet.
  ///   - nonce: printable, without a comma, used once; for SCRAM.
  init(_ terms: OutboundTerms, isEncrypted: Bool, nonce: [UInt8]) {
    self.terms = terms
    self.isEncrypted = isEncrypted
    self.nonce = nonce
  }

  mutating func hear(_ reply: ServerReply) -> Action {
    if reply.code == 421 { return .fail(.reply(reply, stage)) }
    switch stage {
    case .greeting:
      guard reply.code == 220 else { return .fail(.reply(reply, stage)) }
      return hello()
    case .hello: return hearHello(reply)
    case .encryption:
      guard reply.code == 220 else {
        return terms.security == .opportunistic
          ? proceed() : .fail(.reply(reply, stage))
      }
      return .encrypt
    case .authentication: return hearAuthentication(reply)
    default: return .fail(.reply(reply, stage))
    }
  }

  /// TLS has started: what was said in clear is forgotten. RFC 3207 §4.2
  mutating func secured() -> Action {
    isEncrypted = true
    features = ServerFeatures()
    return hello()
  }

  mutating func derived(_ salted: Digest) -> Action {
    guard let step = exchange?.derived(salted) else { return .fail(.noMechanism) }
    return perform(step)
  }

  private mutating func hello() -> Action {
    stage = .hello
    return say("\(terms.isLocal ? "LHLO" : "EHLO") \(terms.helloName)")
  }

  private mutating func hearHello(_ reply: ServerReply) -> Action {
    if reply.isPermanent, !terms.isLocal, !saidHelo {
      // A server from before 1995, or one that has had too much of it. RFC 5321 §3.2
      saidHelo = true
      return say("HELO \(terms.helloName)")
    }
    guard reply.code == 250 else { return .fail(.reply(reply, stage)) }
    if saidHelo {
      features.name =
        reply.lines.first.map {
          String(decoding: $0.prefix { $0 != 0x20 }, as: UTF8.self).lowercased()
        } ?? ""
    } else {
      features = ServerFeatures(reply)
    }
    if terms.ownNames.contains(features.name) { return .fail(.loop) }
    return encryptOrProceed()
  }

  private mutating func encryptOrProceed() -> Action {
    let isWanted: Bool
    switch terms.security {
    case .never, .implicit: isWanted = false
    case .opportunistic: isWanted = features.startTLS
    case .required: isWanted = true
    }
    guard isWanted, !isEncrypted else { return proceed() }
    guard features.startTLS else { return .fail(.noEncryption) }
    stage = .encryption
    return say("STARTTLS")
  }

  private mutating func proceed() -> Action {
    guard let credentials = terms.credentials, exchange == nil else { return .ready(features) }
    stage = .authentication
    exchange = ClientSASL(credentials, features, isEncrypted: isEncrypted, nonce: nonce)
    guard let exchange else { return .fail(.noMechanism) }
    // An initial response that would make the line too long is sent on its own. RFC 4954 §4
    let initial = exchange.initial.map { Base64.text($0) } ?? ""
    let isShort = !initial.isEmpty && initial.utf8.count < 450
    return say("AUTH \(exchange.mechanism)" + (isShort ? " \(initial)" : ""))
  }

  private mutating func hearAuthentication(_ reply: ServerReply) -> Action {
    guard let exchange else { return .fail(.noMechanism) }
    if reply.code == 235, exchange.mayEnd { return .ready(features) }
    guard reply.code == 334, let line = reply.lines.first,
      let challenge = Base64.decode(line)
    else { return .fail(.reply(reply, stage)) }
    if challenge.isEmpty, let initial = exchange.initial, Base64.text(initial).utf8.count >= 450 {
      return say(Base64.text(initial))
    }
    guard let step = self.exchange?.hear(challenge) else { return .fail(.noMechanism) }
    return perform(step)
  }

  private mutating func perform(_ step: ClientSASL.Step) -> Action {
    switch step {
    case .respond(let response): say(Base64.text(response))
    case .derive(let salt, let iterations): .derive(salt: salt, iterations: iterations)
    case .fail: .fail(.noMechanism)
    }
  }

  private func say(_ line: String) -> Action { .say(Array("\(line)\r\n".utf8)) }
}
