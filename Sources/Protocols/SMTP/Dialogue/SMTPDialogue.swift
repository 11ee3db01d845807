import State

/// The rules of order of one SMTP conversation. RFC 5321 §4.1.4
///
/// It hears parsed commands and the outcomes of the actions it asked for, and does no I/O.
public struct SMTPDialogue: Sendable {
  /// How the client introduced itself.
  public enum Greeting: Sendable {
    case none
    case helo([UInt8])
    case ehlo([UInt8])
  }

  public internal(set) var policy: SMTPPolicy
  /// The policy as it was before anybody signed in.
  private let firstPolicy: SMTPPolicy
  public internal(set) var isEncrypted: Bool
  public internal(set) var isAuthenticated = false
  public internal(set) var greeting = Greeting.none
  public internal(set) var transaction: SMTPTransaction?
  private var errors = 0
  private var failedSignIns = 0
  /// A failed chunk refuses the rest of its message. RFC 3030 §2
  var chunkFailure: Reply?

  public init(_ policy: SMTPPolicy, isEncrypted: Bool) {
    self.policy = policy
    firstPolicy = policy
    self.isEncrypted = isEncrypted
  }

  public var greetingReply: Reply {
    Reply(220, "", "\(policy.hostName) \(policy.role == .lmtp ? "LMTP" : "ESMTP") Daybook")
  }

  /// The next action for a command.
  public mutating func hear(_ command: SMTPCommand) -> SMTPAction {
    let action = answer(command)
    guard case .reply(let reply) = action, reply.code >= 500 else { return action }
    return countError(reply)
  }

  /// Counts a refusal; at the limit the connection ends.
  public mutating func countError(_ reply: Reply) -> SMTPAction {
    errors += 1
    return errors >= policy.maximumErrors ? .hangUp(.tooManyErrors) : .reply(reply)
  }

  private mutating func answer(_ command: SMTPCommand) -> SMTPAction {
    switch command {
    case .ehlo(let name) where policy.role != .lmtp: return .reply(greet(.ehlo(name)))
    case .helo(let name) where policy.role != .lmtp: return .reply(greet(.helo(name)))
    case .lhlo(let name) where policy.role == .lmtp: return .reply(greet(.ehlo(name)))
    // Each protocol refuses the other's greeting. RFC 2033 §4.1
    case .ehlo, .helo, .lhlo: return .reply(.unknownCommand)
    case .mail(let path, let parameters): return .reply(begin(path, parameters))
    case .rcpt(let path, let parameters): return recipient(path, parameters)
    case .data: return data()
    case .bdat(let size, let last): return chunk(size, last)
    case .rset:
      reset()
      return .reply(.ok)
    case .noop: return .reply(.ok)
    case .quit: return .hangUp(.bye)
    case .vrfy(let path): return verify(path, asList: false)
    case .expn(let path): return verify(path, asList: true)
    case .help: return .reply(.help)
    case .starttls: return startTLS()
    case .auth(let mechanism, let response): return authenticate(mechanism, response)
    case .unknown: return .reply(.unknownCommand)
    case .malformed(let fault): return malformed(fault)
    }
  }

  /// VRFY and EXPN. Where the policy is silent the answer is the same for every address.
  /// RFC 5321 §3.5.3, §7.3
  private func verify(_ path: MailPath?, asList: Bool) -> SMTPAction {
    guard policy.verification == .everyone || (policy.verification == .users && isAuthenticated)
    else { return .reply(.cannotVerify) }
    return path.map { .verify($0, asList: asList) } ?? .reply(.unclearAddress)
  }

  /// What VRFY or EXPN found out.
  public mutating func heard(verification reply: Reply) -> SMTPAction {
    reply.code >= 500 ? countError(reply) : .reply(reply)
  }

  /// Takes back a transaction whose sender the session found fault with.
  public mutating func heard(senderRefused reply: Reply) -> SMTPAction {
    reset()
    return countError(reply)
  }

  /// Ends the transaction; the greeting and the sign-in stay. RFC 5321 §4.1.1.5
  public mutating func reset() {
    transaction = nil
    chunkFailure = nil
  }

  private mutating func greet(_ greeting: Greeting) -> Reply {
    reset()
    self.greeting = greeting
    guard case .ehlo = greeting else { return Reply(250, "", policy.hostName) }
    return Reply(250, "", lines: [policy.hostName] + extensions)
  }

  private func malformed(_ fault: SyntaxFault) -> SMTPAction {
    switch fault {
    case .arguments: .reply(.syntax)
    case .address: .reply(transaction == nil ? .badSender : .badRecipient)
    case .unknownParameter: .reply(.unknownParameter)
    // How many octets follow is unknown, so none of them may be read as commands.
    case .chunkSize: .hangUp(.badChunk)
    }
  }
}

extension SMTPDialogue {
  /// The EHLO keywords, in the order they are shown.
  private var extensions: [String] {
    var keywords = [
      "PIPELINING", policy.maximumSize > 0 ? "SIZE \(policy.maximumSize)" : "SIZE", "8BITMIME",
      "SMTPUTF8", "CHUNKING", "BINARYMIME", "ENHANCEDSTATUSCODES", "DSN",
    ]
    if policy.offersTLS && !isEncrypted { keywords.append("STARTTLS") }
    if let account = policy.accountAddress { keywords.append("XSENDER \(account)") }
    if !offeredMechanisms.isEmpty && !isAuthenticated {
      keywords.append("AUTH " + offeredMechanisms.joined(separator: " "))
    }
    return keywords
  }

  var offeredMechanisms: [String] {
    isEncrypted ? policy.mechanisms : policy.plainMechanisms
  }

  private mutating func startTLS() -> SMTPAction {
    guard policy.offersTLS else { return .reply(.noTLS) }
    guard !isEncrypted, transaction == nil else { return .reply(.outOfOrder) }
    return .startTLS(.readyForTLS)
  }

  /// After the handshake everything learnt in plain text is forgotten. RFC 3207 §4.2
  public mutating func heardHandshake() {
    reset()
    greeting = .none
    policy = firstPolicy
    isEncrypted = true
    isAuthenticated = false
  }

  private func authenticate(_ mechanism: [UInt8], _ response: [UInt8]?) -> SMTPAction {
    guard case .ehlo = greeting, !isAuthenticated, transaction == nil else {
      return .reply(.outOfOrder)
    }
    let name = String(decoding: mechanism, as: UTF8.self)
    if offeredMechanisms.contains(name) {
      return .authenticate(mechanism: name, initialResponse: response)
    }
    return .reply(policy.mechanisms.contains(name) ? .mechanismNeedsTLS : .unknownMechanism)
  }

  /// The outcome of a sign-in; with it come the limits of who signed in.
  public mutating func heardAuthentication(
    success: Bool, maximumSize: UInt64 = 0, maximumRecipients: Int = 0
  ) -> SMTPAction {
    guard success else {
      failedSignIns += 1
      return failedSignIns >= policy.maximumSignIns
        ? .hangUp(.tooManySignIns) : countError(.authenticationFailed)
    }
    isAuthenticated = true
    policy.maximumSize = maximumSize
    policy.maximumRecipients = maximumRecipients
    return .reply(.authenticated)
  }
}
