import Events

/// The rules of order of one POP3 conversation. RFC 1939 §3
///
/// It hears commands and the outcomes of the actions it asked for, and does no I/O.
struct POPDialogue: Sendable {
  let policy: POPPolicy
  private(set) var isEncrypted: Bool
  /// The user's messages; nil in the AUTHORIZATION state.
  private(set) var maildrop: Maildrop?
  /// The name that waits for its password.
  private var name: [UInt8]?
  private var isUTF8 = false
  private var badCommands = 0
  private var failedSignIns = 0

  init(_ policy: POPPolicy, isEncrypted: Bool) {
    self.policy = policy
    self.isEncrypted = isEncrypted
  }

  /// There is no timestamp in it: APOP is not offered, it needs the password in clear.
  var greeting: Reply { .ok("\(policy.hostName) Daybook ready") }

  /// The next action for a command.
  mutating func hear(_ command: POPCommand) -> POPAction {
    let name = self.name
    self.name = nil
    switch command {
    case .unknown: return refuse(.unknown)
    case .malformed: return refuse(.malformed)
    case .capa: return .lines(.ok("What can be done"), capabilities)
    case .quit: return quit()
    case .user(let name): return authorizing { $0.hear(user: name) }
    case .pass(let password): return authorizing { $0.hear(password, of: name) }
    case .auth(let mechanism, let response):
      return authorizing { $0.hear(mechanism, response) }
    case .stls: return authorizing { $0.startTLS() }
    case .utf8: return authorizing { $0.switchToUTF8() }
    case .stat, .list, .uidl, .retr, .top, .dele, .rset, .noop:
      guard maildrop != nil else { return refuse(.signInFirst) }
      badCommands = 0
      return transact(command)
    }
  }

  /// Counts a line that was no command; at the limit the connection ends.
  mutating func refuse(_ reply: Reply) -> POPAction {
    badCommands += 1
    return badCommands >= policy.mostBadCommands ? .hangUp(.tooManyBad) : .reply(reply)
  }

  /// What was learnt in clear is forgotten. RFC 2595 §4
  mutating func startedTLS() {
    isEncrypted = true
    name = nil
    isUTF8 = false
  }

  /// The user has proved who they are, and the maildrop is theirs alone.
  mutating func signedIn(_ maildrop: Maildrop) -> Reply {
    self.maildrop = maildrop
    (badCommands, failedSignIns) = (0, 0)
    return .ok(maildrop.summary)
  }

  /// A sign-in that came to nothing; at the limit the connection ends.
  mutating func signInFailed(_ reply: Reply) -> POPAction {
    failedSignIns += 1
    return failedSignIns >= policy.mostFailedSignIns ? .hangUp(.tooManySignIns) : .reply(reply)
  }

  private mutating func authorizing(_ body: (inout POPDialogue) -> POPAction) -> POPAction {
    guard maildrop == nil else { return refuse(.signedInAlready) }
    return body(&self)
  }

  /// QUIT removes what is marked, but only that of a user who signed in. RFC 1939 §6
  private func quit() -> POPAction {
    guard let maildrop else { return .hangUp(.bye) }
    let doomed = maildrop.doomed
    return doomed.isEmpty ? .hangUp(.bye) : .update(maildrop.mailbox, doomed)
  }
}

// MARK: AUTHORIZATION

extension POPDialogue {
  private var mechanisms: [String] {
    isEncrypted ? policy.encryptedMechanisms : policy.clearMechanisms
  }

  /// Whether passwords may be sent as they are.
  private var takesPasswords: Bool { mechanisms.contains("PLAIN") }

  private var canStartTLS: Bool { policy.offersTLS && !isEncrypted }

  /// RFC 2449 §6, RFC 2595 §4, RFC 3206 §6, RFC 5034 §3, RFC 6856 §2
  private var capabilities: [String] {
    var lines = ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER"]
    if takesPasswords { lines.append("USER") }
    if !mechanisms.isEmpty { lines.append("SASL " + mechanisms.joined(separator: " ")) }
    if canStartTLS { lines.append("STLS") }
    return lines + ["UTF8 USER", "IMPLEMENTATION Daybook"]
  }

  /// Every name is answered alike: nobody learns who has a mailbox. RFC 1939 §13
  private mutating func hear(user name: [UInt8]) -> POPAction {
    guard takesPasswords else { return .reply(.needsEncryption) }
    self.name = name
    return .reply(.sendPassword)
  }

  private mutating func hear(_ password: [UInt8], of name: [UInt8]?) -> POPAction {
    guard takesPasswords else { return .reply(.needsEncryption) }
    guard let name else { return refuse(.userFirst) }
    return .checkPassword(name: name, password: password)
  }

  /// Whether the mechanism is offered here is for the authenticator to say.
  private func hear(_ mechanism: String, _ response: [UInt8]?) -> POPAction {
    .authenticate(mechanism: mechanism, initialResponse: response)
  }

  private mutating func startTLS() -> POPAction {
    canStartTLS && !isUTF8 ? .startTLS(.beginTLS) : refuse(.noTLS)
  }

  /// Messages go out as they were stored in either mode: a surrogate would break what is signed.
  /// RFC 6856 §2.1
  private mutating func switchToUTF8() -> POPAction {
    isUTF8 = true
    return .reply(.utf8)
  }
}

// MARK: TRANSACTION

extension POPDialogue {
  private mutating func transact(_ command: POPCommand) -> POPAction {
    // Changes are made in place: a copy of the marks for each DELE would add up.
    if case .dele(let number) = command {
      return .reply(maildrop?.delete(number) == true ? .marked : .noMessage)
    }
    if case .rset = command { maildrop?.reset() }
    guard let maildrop else { return refuse(.signInFirst) }
    switch command {
    case .stat: return .reply(.ok("\(maildrop.count) \(maildrop.size)"))
    case .list(let number): return list(.sizes, number, maildrop)
    case .uidl(let number): return list(.uniqueIDs, number, maildrop)
    case .retr(let number): return retrieve(number, nil, maildrop)
    case .top(let number, let lines): return retrieve(number, lines, maildrop)
    case .rset: return .reply(.ok(maildrop.summary))
    default: return .reply(.fine)
    }
  }

  private func list(_ listing: Listing, _ number: UInt64?, _ maildrop: Maildrop) -> POPAction {
    guard let number else { return .list(listing, maildrop) }
    guard let entry = maildrop.entry(number) else { return .reply(.noMessage) }
    return .reply(.ok(listing.line(number, entry, in: maildrop)))
  }

  private func retrieve(
    _ number: UInt64, _ bodyLines: UInt64?, _ maildrop: Maildrop
  ) -> POPAction {
    guard let entry = maildrop.entry(number) else { return .reply(.noMessage) }
    return .retrieve(entry, bodyLines: bodyLines)
  }
}
