import Events
import Ledger
import MailFormat
import Platform
import State

/// A message as a session hands it to the Scribe: read, sealed, nothing decided.
struct BenchMail: Sendable {
  private let body: SealedBody
  private let key: Key
  private let facts: MessageFacts
  private let message: MessageID

  /// A plain text message of about `size` octets.
  init(size: Int, _ entropy: any Entropy) {
    let head = """
      Received: from client.example.org ([192.0.2.17]) by mx.bench.test; Tue, 24 Nov 2026 04:00:00 +0000\r
      Date: Tue, 24 Nov 2026 03:59:58 +0000\r
      From: "A. Sender" <a.sender@example.org>\r
      To: Somebody <somebody@bench.test>\r
      Subject: The figures of the last quarter, as promised\r
      Message-ID: <20261124035958.17.a.sender@example.org>\r
      MIME-Version: 1.0\r
      Content-Type: text/plain; charset=utf-8\r
      \r\n
      """
    let line = "The quick brown fox jumps over the lazy dog, again and again and again.\r\n"
    var text = Array(head.utf8)
    while text.count < size { text += Array(line.utf8) }
    key = entropy.key()
    var scanner = MessageScanner()
    scanner.feed(text)
    facts = scanner.finish()
    body = ContentSealer.seal(
      text, dataKey: key, id: ContentID(rawValue: entropy.id()), noncePrefix: entropy.bytes(7))
    message = MessageID(rawValue: entropy.id())
  }

  /// - Parameter carriesBody: whether the sealed body is to be stored with the events.
  func acceptance(for users: [LocalRecipient], carriesBody: Bool) -> AcceptMessage {
    let address = Array("somebody@bench.test".utf8)
    return acceptance(
      users.map { AcceptMessage.Target($0, address: address) }, carriesBody: carriesBody)
  }

  /// A message of a user to an address elsewhere, without a stored body.
  func queueing(for address: [UInt8], _ user: LocalRecipient) -> AcceptMessage {
    let remote = RemoteRecipient(address, domain: user.domain, user: user.user)
    return acceptance([.init(.remote(remote), address: address)], carriesBody: false)
  }

  private func acceptance(
    _ targets: [AcceptMessage.Target], carriesBody: Bool
  ) -> AcceptMessage {
    let parcel = MessageParcel(
      message: message, content: body.id, key: key, size: body.plainLength, sha256: body.sha256,
      travels: carriesBody, envelope: EncodedEnvelope(facts.envelope),
      structure: EncodedStructure(facts.structure))
    let transaction = MailTransaction(
      service: "smtp", transport: "ESMTP", sender: Array("a.sender@example.org".utf8),
      client: "192.0.2.17", helo: Array("client.example.org".utf8))
    return AcceptMessage(parcel, transaction, targets: targets)
  }

  var bodies: [SealedBody] { [body] }
}
