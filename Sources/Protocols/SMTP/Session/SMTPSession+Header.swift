import Events
import MailFormat
import Network
import Platform
import State

extension SMTPSession {
  func newIntake() -> MessageIntake {
    let fields = TraceFields(self)
    return MessageIntake(
      service.node, limit: dialogue.policy.maximumSize,
      trace: MessageIntake.Trace(lead: fields.received, completion: { fields.missing($0) }))
  }

  /// What the client said around the message, for the event.
  func mailTransaction(_ transaction: SMTPTransaction) -> MailTransaction {
    let parameters = transaction.parameters
    let notice = DeliveryNotice(
      ret: parameters.returning.map { $0 == .full ? "FULL" : "HDRS" },
      envelopeID: parameters.envelopeID)
    return MailTransaction(
      service: dialogue.policy.role == .relay ? "smtp" : "submission", transport: transport,
      tls: connection.tls.map { "\($0.version) \($0.cipher)" },
      body: parameters.body?.text ?? "", isUTF8: parameters.isInternationalized,
      sender: transaction.sender?.text ?? [], client: client, helo: heloName,
      dsn: notice == DeliveryNotice() ? nil : notice, authenticated: user)
  }

  var client: String { connection.peer.ip?.description ?? "local" }

  var heloName: [UInt8] {
    switch dialogue.greeting {
    case .none: []
    case .helo(let name), .ehlo(let name): name
    }
  }

  /// The protocol type of the trace field. RFC 3848 §2, RFC 6531 §4.3
  var transport: String {
    guard case .ehlo = dialogue.greeting else { return "SMTP" }
    let isUTF8 = dialogue.transaction?.parameters.isInternationalized ?? false
    return (isUTF8 ? "UTF8SMTP" : "ESMTP") + (connection.isEncrypted ? "S" : "")
      + (user != nil ? "A" : "")
  }
}

extension MailParameters.Body {
  /// The parameter's value as sent.
  var text: String {
    switch self {
    case .sevenBit: "7BIT"
    case .eightBitMIME: "8BITMIME"
    case .binaryMIME: "BINARYMIME"
    }
  }
}

/// The header fields that are added to a message, from what is known when it begins to come.
private struct TraceFields {
  let helo: [UInt8]
  let client: String
  let hostName: String
  let transport: String
  let tls: String?
  let onlyRecipient: [UInt8]?
  let completes: Bool
  let date: MailDate
  let identifier: MessageIdentifier

  init(_ session: SMTPSession) {
    let node = session.service.node
    let now = node.clock.now()
    helo = session.heloName
    client = session.connection.peer.ip?.literal ?? "local"
    hostName = session.service.hostName
    transport = session.transport
    tls = session.connection.tls.map { "(\($0.version) \($0.cipher))" }
    onlyRecipient = session.targets.count == 1 ? session.targets[0].address : nil
    completes = session.dialogue.policy.role == .submission
    date = MailDate(seconds: now.seconds)
    identifier = MessageIdentifier(
      time: UInt64(clamping: now.microseconds), random: node.entropy.uint64(),
      host: Array(session.service.hostName.utf8))
  }

  /// RFC 5321 §4.4
  var received: [UInt8] {
    var composer = HeaderComposer()
    composer.add("Received", words: words)
    return composer.octets
  }

  /// What a submitted message lacks. RFC 6409 §8
  func missing(_ tally: FieldTally) -> [UInt8] {
    var composer = HeaderComposer()
    if completes, tally.date == 0 { composer.addDate(date) }
    if completes, tally.messageID == 0 { composer.addMessageID(identifier) }
    return composer.octets
  }

  private var words: [[UInt8]] {
    var words = ["from"].map { Array($0.utf8) }
    words.append(helo.allSatisfy { $0 < 0x80 && $0 != 0x28 && $0 != 0x29 } ? helo : [0x5B, 0x5D])
    words += ["([\(client)])", "by", hostName, "(Daybook)", "with", transport].map {
      Array($0.utf8)
    }
    if let tls { words += tls.split(separator: " ").map { Array($0.utf8) } }
    if let onlyRecipient {
      words += [Array("for".utf8), [0x3C] + onlyRecipient + [0x3E]]
    }
    words[words.count - 1].append(UInt8(ascii: ";"))
    return words + [date.field]
  }
}
