/// One transaction as the client sees it: it hears replies and says what to do next, and knows at
/// every moment what would be true of each recipient if the connection were lost. RFC 5321 §3.3
///
/// Where the server allows, commands go out in groups (RFC 2920 §3.1): MAIL, RCPT, DATA at once.
struct ClientTransaction: Sendable {
  enum Action: Hashable, Sendable {
    /// Send this and hear the next reply.
    case say([UInt8])
    /// Hear the next reply.
    case listen
    /// Send the message; then `ended` at the moment its final dot is sent.
    case sendBody
    /// Every recipient has an outcome. The connection can go on, maybe with RSET first.
    case done(canContinue: Bool)
  }

  private enum Expected: Hashable, Sendable {
    case reset, mail, data
    case recipient(Int)
    /// The answer to the final dot: to all (SMTP), or to one recipient (LMTP).
    case end(Int?)
    /// The answer to a message that has no recipients.
    case nothing
  }

  private enum Progress: Sendable {
    case reset, mail, data, over
    case recipient(Int)
  }

  /// Commands sent before their replies are heard, so that neither side fills its buffers while
  /// the other does not read.
  static let groupLimit = 100

  private let envelope: OutboundEnvelope
  private let features: ServerFeatures
  private let isLocal: Bool
  private var progress: Progress
  private var expected: [Expected] = []
  /// Where in `expected` the next reply belongs.
  private var next = 0
  private var accepted: [Int] = []
  private var isEnded = false
  private(set) var outcomes: [RecipientOutcome?]
  /// Why the conversation cannot go on.
  private(set) var failure: SessionFailure?
  /// Whether the server must hear RSET before the next transaction.
  private(set) var needsReset: Bool

  init(
    _ envelope: OutboundEnvelope, _ features: ServerFeatures, isLocal: Bool, needsReset: Bool
  ) {
    self.envelope = envelope
    self.features = features
    self.isLocal = isLocal
    self.needsReset = needsReset
    progress = needsReset ? .reset : .mail
    outcomes = envelope.refusals(features)
  }

  /// What the next reply is to.
  var stage: ClientStage {
    guard next < expected.count else { return .body }
    switch expected[next] {
    case .reset: return .reset
    case .mail: return .mail
    case .recipient: return .recipient
    case .data: return .data
    case .end, .nothing: return .end
    }
  }

  mutating func start() -> Action {
    guard outcomes.contains(nil) else { return .done(canContinue: true) }
    return proceed()
  }

  mutating func hear(_ reply: ServerReply) -> Action {
    guard next < expected.count else { return unexpected(reply) }
    let subject = expected[next]
    let stage = self.stage
    next += 1
    if reply.code == 421 { return closing(reply, stage) }
    switch (subject, reply.code / 100) {
    case (.data, 3): return hearGo()
    case (.data, 2), (_, 3): return lost(.reply(reply, stage))
    case (.reset, 2): needsReset = false
    case (.reset, _): return lost(.reply(reply, stage))
    case (.mail, 2): needsReset = true
    case (.mail, _):
      resolve(with: RecipientOutcome(reply))
      progress = .over
    case (.recipient(let index), let kind):
      if outcomes[index] == nil {
        if kind == 2 { accepted.append(index) } else { outcomes[index] = Self.recipient(reply) }
      }
    case (.data, _): resolve(with: RecipientOutcome(reply))
    case (.end(let index), _):
      needsReset = false
      if let index {
        outcomes[index] = RecipientOutcome(reply)
      } else {
        resolve(with: RecipientOutcome(reply))
      }
    case (.nothing, _): needsReset = false
    }
    return proceed()
  }

  /// A reply that came before the message was sent to its end.
  mutating func hearEarly(_ reply: ServerReply) -> Action {
    guard !reply.isPositive, !reply.isIntermediate else { return lost(.reply(reply, .body)) }
    return closing(reply, .body)
  }

  /// The server ends the conversation with its last word.
  private mutating func closing(_ reply: ServerReply, _ stage: ClientStage) -> Action {
    failure = .reply(reply, stage)
    resolve(with: RecipientOutcome(reply))
    return .done(canContinue: false)
  }

  /// The final dot is about to be sent: from here on a lost connection leaves doubt.
  mutating func ended() -> Action {
    isEnded = true
    expected = isLocal ? accepted.map { .end($0) } : [.end(nil)]
    next = 0
    return .listen
  }

  /// The conversation cannot go on: who has no outcome gets one.
  mutating func lost(_ failure: SessionFailure) -> Action {
    self.failure = failure
    resolve(with: RecipientOutcome(failure, isInDoubt: isEnded))
    return .done(canContinue: false)
  }

  private mutating func unexpected(_ reply: ServerReply) -> Action { lost(.reply(reply, .body)) }

  private mutating func hearGo() -> Action {
    guard accepted.isEmpty else { return .sendBody }
    // DATA went out with commands that were all refused: nothing is sent to nobody. An LMTP server
    // would have no one to answer for.
    if isLocal { return .done(canContinue: false) }
    expected = [.nothing]
    next = 0
    return .say(Array(".\r\n".utf8))
  }

  private mutating func resolve(with outcome: RecipientOutcome) {
    for index in outcomes.indices where outcomes[index] == nil { outcomes[index] = outcome }
  }

  /// Hears what is outstanding, then sends the next group.
  private mutating func proceed() -> Action {
    if next < expected.count { return .listen }
    expected.removeAll(keepingCapacity: true)
    next = 0
    guard outcomes.contains(nil) else { return .done(canContinue: true) }
    var group: [UInt8] = []
    let limit = features.pipelining ? Self.groupLimit : 1
    while expected.count < limit, let command = command() { group += command }
    return group.isEmpty ? .done(canContinue: true) : .say(group)
  }

  /// The next command, its reply expected; nil where it has to wait for replies, or all are sent.
  private mutating func command() -> [UInt8]? {
    switch progress {
    case .reset:
      progress = .mail
      expected.append(.reset)
      return Array("RSET\r\n".utf8)
    case .mail:
      progress = recipient(from: 0)
      expected.append(.mail)
      return ClientCommand.mail(envelope, features)
    case .recipient(let index):
      progress = recipient(from: index + 1)
      expected.append(.recipient(index))
      return ClientCommand.recipient(envelope.recipients[index], features)
    case .data:
      progress = .over
      guard !expected.isEmpty || !accepted.isEmpty else { return nil }
      expected.append(.data)
      return Array("DATA\r\n".utf8)
    case .over: return nil
    }
  }

  private func recipient(from start: Int) -> Progress {
    let index = outcomes[start...].firstIndex(of: nil)
    return index.map { .recipient($0) } ?? .data
  }

  /// 552 without more is what servers said for too many recipients. RFC 5321 §4.5.3.1.10
  private static func recipient(_ reply: ServerReply) -> RecipientOutcome {
    guard reply.code == 552, reply.status == nil else { return RecipientOutcome(reply) }
    return RecipientOutcome(
      .deferred, code: 552, status: EnhancedStatus(4, 5, 3), text: reply.text)
  }
}

extension OutboundEnvelope {
  /// An outcome for each recipient who cannot be tried with a server of these features.
  func refusals(_ features: ServerFeatures) -> [RecipientOutcome?] {
    func all(_ outcome: RecipientOutcome) -> [RecipientOutcome?] {
      Array(repeating: outcome, count: recipients.count)
    }
    let speaksUTF8 = isInternationalized || sender.contains { $0 >= 0x80 }
    if !ClientCommand.isSafe(sender) { return all(.refused(1, 7, "the sender is no address")) }
    if speaksUTF8, !features.internationalized {
      return all(.refused(6, 7, "the server does not take internationalized mail"))
    }
    if hasEightBit, !features.eightBit {
      return all(.refused(6, 3, "the server takes 7-bit mail only"))
    }
    if let size, let largest = features.largest, size > largest {
      return all(.refused(3, 4, "\(size) octets are more than the server takes (\(largest))"))
    }
    return recipients.map { recipient in
      if recipient.address.isEmpty || !ClientCommand.isSafe(recipient.address) {
        return .refused(1, 3, "the recipient is no address")
      }
      if recipient.address.contains(where: { $0 >= 0x80 }), !features.internationalized {
        return .refused(6, 7, "the server does not take internationalized addresses")
      }
      return nil
    }
  }
}
