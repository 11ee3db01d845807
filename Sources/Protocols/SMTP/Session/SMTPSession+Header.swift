import Events
import MailFormat
import Network
import Platform
import State

extension SMTPSession {
  func newIntake() throws -> MessageIntake {
    MessageIntake(
      service.node, limit: dialogue.policy.maximumSize, responders: try responders(),
      HeaderRules(stamp: stamp, submitter: user))
  }

  /// What is noted on the message that begins to come. RFC 5321 §4.4
  private var stamp: ReceivedStamp {
    ReceivedStamp(
      clientName: heloName,
      clientAddress: Array("[\(connection.peer.ip?.literal ?? "local")]".utf8),
      encryption: connection.tls.map { Array("\($0.version) with cipher \($0.cipher)".utf8) },
      host: Array(dialogue.policy.hostName.utf8), transmission: Array(transport.utf8), id: [],
      recipient: named.count == 1 ? named[0].first?.address : nil,
      date: MailDate(seconds: service.node.clock.now().seconds))
  }

  /// What the client said around the message, for the event.
  func mailTransaction(_ transaction: SMTPTransaction) -> MailTransaction {
    let parameters = transaction.parameters
    let notice = DeliveryNotice(
      ret: parameters.returning.map { $0 == .full ? "FULL" : "HDRS" },
      envelopeID: parameters.envelopeID)
    return MailTransaction(
      service: dialogue.policy.role.service, transport: transport,
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
    if dialogue.policy.role == .lmtp { return isUTF8 ? "UTF8LMTP" : "LMTP" }
    return (isUTF8 ? "UTF8SMTP" : "ESMTP") + (connection.isEncrypted ? "S" : "")
      + (user != nil ? "A" : "")
  }
}

extension SMTPPolicy.Role {
  /// As events call it.
  var service: String {
    switch self {
    case .relay: "smtp"
    case .submission: "submission"
    case .lmtp: "lmtp"
    case .local: "sendmail"
    }
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
