import Events
import Ledger
import Platform
import State

extension SMTPSession {
  /// What is wrong with a sender, as far as the domains here have a say in it.
  func fault(of sender: MailPath?) throws -> Reply? {
    if limits.messages > 0, messages >= limits.messages {
      isOver = true
      return .tooManyMessages
    }
    if let account { return try adopt(sender, by: account) }
    guard let sender, !sender.domain.isEmpty, dialogue.policy.role != .lmtp else { return nil }
    return try service.node.state.read { view in
      if let user { return try view.isOwn(sender, of: user.id) ? nil : .foreignSender }
      return try view.wantsSignIn(from: sender) ? .senderNeedsSignIn : nil
    }
  }

  /// RCPT: who it is, and whether there is room. RFC 5321 §3.3, SPEC §2.4
  func resolve(_ path: MailPath, _ parameters: RecipientParameters) async throws {
    let size = dialogue.transaction?.parameters.size ?? 0
    let (user, now) = (user, service.node.clock.now())
    let isBounce = dialogue.transaction?.sender?.text.isEmpty ?? true
    let original = try service.node.originalSender(
      path.localPart, domain: String(decoding: path.domain, as: UTF8.self))
    let verdict = try service.node.state.read { view in
      try view.verdict(
        on: path, standingFor: original, size: size, from: user, isBounce: isBounce, at: now)
    }
    switch verdict {
    case .accepted(let route):
      if try isGreylisted(path, route) { return finish(dialogue.heard(recipient: .greylisted)) }
      finish(dialogue.heard(recipient: .recipientOK))
      named.append(
        route.targets(
          address: path.text, notify: parameters.notify.map(\.text),
          original: parameters.originalRecipient))
    case .refused(let reply):
      if !isHarvester(after: reply) { finish(dialogue.heard(recipient: reply)) }
    case .full(let user):
      finish(dialogue.heard(recipient: .mailboxFull))
      try await service.node.tellNoRoom(for: size, user)
    }
  }

  /// VRFY and EXPN, where the policy allows the truth. RFC 5321 §3.5
  func verify(_ path: MailPath, asList: Bool) throws {
    let reply = try service.node.state.read { view in
      try view.verification(of: path, asList: asList, asker: user)
    }
    if !isHarvester(after: reply) { finish(dialogue.heard(verification: reply)) }
  }

  /// Counts unknown addresses; at the limit the client is hung up on.
  private func isHarvester(after reply: Reply) -> Bool {
    if reply == .unknownRecipient {
      unknownRecipients += 1
      noteUnknownRecipient()
    }
    guard unknownRecipients >= limits.unknownRecipients else { return false }
    finish(.hangUp(.tooManyUnknown))
    return true
  }
}

/// What is said about a recipient.
enum RecipientVerdict: Sendable {
  case accepted(Route)
  case refused(Reply)
  /// Nobody it leads to has room for it, this user neither.
  case full(UserID)
}

extension StateView {
  fileprivate func verdict(
    on path: MailPath, standingFor original: [UInt8]?, size: UInt64, from user: User?,
    isBounce: Bool, at time: Timestamp
  ) throws -> RecipientVerdict {
    if let original, let route = try route(to: original, standingFor: path) {
      return try verdict(on: route, size: size, isBounce: isBounce, at: time)
    }
    let resolution =
      try path.domain.isEmpty
      ? resolvePostmaster()
      : resolve(path.localPart, domain: String(decoding: path.domain, as: UTF8.self))
    switch resolution {
    case .foreign:
      guard let user else { return .refused(.noRelay) }
      let remote = RemoteRecipient(path.text, domain: user.domain, user: user.id)
      return try verdict(on: Route(to: remote), size: size, isBounce: false, at: time)
    case .unknown: return .refused(.unknownRecipient)
    case .disabled: return .refused(.disabledRecipient)
    case .circular: return .refused(.circularAlias)
    case .routed(let route):
      return try verdict(on: route, size: size, isBounce: isBounce, at: time)
    }
  }

  /// The way to the sender of mail that was passed on, whom a rewritten address stands for.
  private func route(to original: [UInt8], standingFor path: MailPath) throws -> Route? {
    guard let at = original.lastIndex(of: UInt8(ascii: "@")),
      let domain = try domain(named: String(decoding: path.domain, as: UTF8.self))
    else { return nil }
    let name = String(decoding: original[(at + 1)...], as: UTF8.self)
    switch try resolve(Array(original[..<at]), domain: name) {
    case .foreign:
      return Route(
        to: RemoteRecipient(
          original, domain: domain.id, user: nil,
          via: [RouteStep(.rewrittenSender, path.text)]))
    case .routed(let route): return route
    case .unknown, .disabled, .circular: return nil
    }
  }

  private func verdict(
    on route: Route, size: UInt64, isBounce: Bool, at time: Timestamp
  ) throws -> RecipientVerdict {
    var full: [UserID] = []
    for recipient in route.locals {
      let limit = try messageLimit(of: recipient.domain)
      if limit > 0, size > limit { return .refused(.tooBig) }
      if try room(of: recipient.user).left <= size { full.append(recipient.user) }
      if isBounce,
        let action = try bounceAction(domain: recipient.domain, user: recipient.user, at: time)
      {
        return .refused(action == .reject ? .bouncesRefused : .bouncesDelayed)
      }
    }
    // Where somebody has room the others wait for theirs.
    if let user = full.first, full.count == route.locals.count, route.remotes.isEmpty {
      return .full(user)
    }
    for remote in route.remotes
    where try rejectsSending(domain: remote.domain, user: remote.user, at: time) {
      return .refused(.throttled)
    }
    return .accepted(route)
  }

  /// Whether the sender is an address of the user.
  func isOwn(_ sender: MailPath, of user: UserID) throws -> Bool {
    let domain = String(decoding: sender.domain, as: UTF8.self)
    guard case .routed(let route) = try resolve(sender.localPart, domain: domain) else {
      return false
    }
    return route.locals.contains { $0.user == user }
  }

  /// What VRFY and EXPN are told. A local part alone is looked up in the asker's domain.
  fileprivate func verification(
    of path: MailPath, asList: Bool, asker: User?
  ) throws -> Reply {
    var path = path
    if path.domain.isEmpty {
      guard let asker, let name = try domain(asker.domain)?.name else { return .unclearAddress }
      path.domain = Array(name.text.utf8)
    }
    switch try resolve(path.localPart, domain: String(decoding: path.domain, as: UTF8.self)) {
    case .foreign: return .cannotVerify
    case .unknown: return asList ? .noList : .unknownRecipient
    case .disabled: return asList ? .noList : .disabledRecipient
    case .circular: return asList ? .noList : .circularAlias
    case .routed:
      return asList
        ? .noList : Reply(250, "2.1.5", "<\(String(decoding: path.text, as: UTF8.self))>")
    }
  }

  /// Whether only somebody who signed in may use the sender's address.
  fileprivate func wantsSignIn(from sender: MailPath) throws -> Bool {
    let name = String(decoding: sender.domain, as: UTF8.self)
    let resolution = try resolve(sender.localPart, domain: name)
    guard case .routed = resolution, let domain = try domain(named: name) else { return false }
    return try value(Settings.requireAuthentication, for: .domain(domain.id))
  }
}

extension RecipientParameters.Notify {
  /// The parameter's value as sent. RFC 3461 §4.1
  var text: String {
    if isEmpty { return "NEVER" }
    let names: [(RecipientParameters.Notify, String)] = [
      (.success, "SUCCESS"), (.failure, "FAILURE"), (.delay, "DELAY"),
    ]
    return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
  }
}

extension Reply {
  static let recipientOK = Reply(250, "2.1.5", "Recipient OK")
  static let unknownRecipient = Reply(550, "5.1.1", "No such user here")
  static let disabledRecipient = Reply(550, "5.2.1", "The mailbox is disabled")
  static let circularAlias = Reply(550, "5.4.6", "The aliases of this address lead in a circle")
  static let throttled = Reply(450, "4.7.1", "The limit of the hour is reached; try again later")
  static let bouncesDelayed = Reply(451, "4.7.1", "Too many bounces in this hour; try again later")
  static let bouncesRefused = Reply(550, "5.7.1", "Too many bounces in this hour")
  static let mailboxFull = Reply(452, "4.2.2", "The mailbox is full; try again later")
  static let noRelay = Reply(550, "5.7.1", "Mail for that domain is not relayed here")
  static let foreignSender = Reply(553, "5.7.1", "The sender address is not one of yours")
  static let senderNeedsSignIn = Reply(
    550, "5.7.1", "Senders of this domain sign in and use the submission port")
  static let tooManyMessages = Reply(421, "4.7.0", "Enough messages; connect again")
  static let tooManyUnknown = Reply(421, "4.7.0", "Too many unknown recipients")
}
