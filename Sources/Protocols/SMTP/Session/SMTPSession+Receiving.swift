import Events
import Ledger
import MailFormat
import Network
import State

extension SMTPSession {
  private static let readSize = 65_536

  /// DATA: reads to the end of data, then decides. RFC 5321 §4.1.1.4
  func receiveData(_ reply: Reply) async throws {
    say(reply)
    let intake = try newIntake()
    do {
      try await readData(into: intake)
    } catch {
      await intake.abandon()
      throw error
    }
    try await decide(intake)
  }

  private func readData(into intake: MessageIntake) async throws {
    var scanner = DataScanner()
    while !scanner.isComplete {
      guard try await connection.fill(within: SMTPLimits.dataTime) || connection.hasBufferedInput
      else { throw ConnectionFailure.endOfInput }
      try await takeInput(&scanner, intake)
    }
    if scanner.hasBareLineEnd { intake.fail(.bareLineEnd) }
    if scanner.hasNull { intake.fail(.nullOctet) }
  }

  /// Takes what waits of the message. Octets are copied once, from the connection's buffer to the
  /// message's.
  private func takeInput(_ scanner: inout DataScanner, _ intake: MessageIntake) async throws {
    let used = try connection.withInput { input in
      var used = 0
      try intake.take { message in
        used = unsafe scanner.feed(input._unsafeView(as: UInt8.self), into: &message)
      }
      return used
    }
    connection.consume(used)
    await intake.settle()
  }

  /// BDAT. RFC 3030 §2
  func receiveChunk(_ size: UInt64, _ last: Bool) async throws {
    let intake = try chunks ?? newIntake()
    let isText = dialogue.transaction?.parameters.body != .binaryMIME
    chunks = intake
    var left = size
    while left > 0 {
      let most = Int(min(left, UInt64(Self.readSize)))
      guard let octets = try await connection.read(upTo: most, within: SMTPLimits.dataTime) else {
        throw ConnectionFailure.endOfInput
      }
      left -= UInt64(octets.count)
      if isText { chunkCheck.feed(octets) }
      try intake.take { $0 += octets }
      await intake.settle()
    }
    if last { chunkCheck.finish() }
    if chunkCheck.hasBareLineEnd { intake.fail(.bareLineEnd) }
    if chunkCheck.hasNull { intake.fail(.nullOctet) }
    if last {
      chunkCheck = LineEndCheck()
      chunks = nil
      try await decide(intake)
    } else if let fault = intake.fault {
      dialogue.fail(chunk: fault)
      finish(dialogue.countError(fault))
    } else {
      say(.chunk(size))
    }
  }

  /// Forgets the message that was coming in chunks.
  func dropMessage() async {
    await chunks?.abandon()
    chunks = nil
    chunkCheck = LineEndCheck()
  }

  /// Has the message decided, and answers only when the verdict is durable.
  private func decide(_ intake: MessageIntake) async throws {
    let (transaction, named) = (dialogue.transaction, named)
    dialogue.reset()
    self.named = []
    messages += 1
    func refuse(_ reply: Reply) { conclude(named.map { _ in reply }) }
    guard let transaction, let (parcel, bodies) = try await intake.finish() else {
      await intake.abandon()
      return refuse(intake.fault ?? .outOfOrder)
    }
    let decision = AcceptMessage(
      parcel, mailTransaction(transaction), targets: Array(named.joined()),
      shortfall: dialogue.policy.role == .lmtp ? .refuseNamed : .refuseAll)
    let origin = Origin(actor: user.map { .user($0.id) } ?? .peer, session: id)
    let (receipt, answer): (Receipt?, AcceptMessage.Accepted)
    do {
      (receipt, answer) = try await service.node.scribe.perform(
        decision, origin: origin, bodies: bodies)
    } catch .refused(let refusal) {
      if !parcel.travels { await service.node.discard(parcel.content) }
      return refuse(Reply(554, "5.0.0", "\(refusal)"))
    } catch .unavailable {
      return refuse(.storageFull)
    } catch .stopped {
      throw SessionEnd.withoutVerdict
    }
    if answer.isAccepted, let receipt {
      if let header = intake.header {
        try await self.answer(
          header, of: transaction, from: intake.responders, origin: receipt.first)
      }
      connection.tally.isEventful = true
      noteMessage(transaction, to: named.joined())
    } else if !parcel.travels {
      await service.node.discard(parcel.content)
    }
    let taken = Reply(250, "2.0.0", "Queued as \(parcel.message.rawValue)")
    var filings = answer.filings[...]
    conclude(
      named.map { targets in
        defer { filings = filings.dropFirst(targets.count) }
        return Reply(shortfall: filings.prefix(targets.count)) ?? taken
      })
  }

  /// Tells what became of a message: in LMTP for each recipient, otherwise once, the first reason
  /// against it if there is one. RFC 2033 §4.2
  func conclude(_ replies: [Reply]) {
    guard dialogue.policy.role != .lmtp || replies.isEmpty else { return replies.forEach(say) }
    let reply = replies.first { !$0.isPositive } ?? replies.first ?? .outOfOrder
    finish(
      reply.isPositive || reply == .storageFull ? .reply(reply) : dialogue.countError(reply))
  }
}

extension Reply {
  /// The reply to a message that could not be filed for everybody: the first reason; nil where it
  /// could.
  init?(shortfall filings: ArraySlice<Filing>) {
    for filing in filings {
      switch filing {
      case .filed, .queued: continue
      case .overQuota: self = .mailboxFull
      case .tooLarge: self = .tooBig
      case .throttled: self = .throttled
      case .disabled: self = .disabledRecipient
      case .gone: self = .unknownRecipient
      }
      return
    }
    return nil
  }
}
