import Events
import Ledger
import Platform
import State
import TestKit
import Testing

extension POPCell {
  /// A message as a session of another protocol would hand it over.
  private func parcel(_ message: [UInt8]) async throws -> (MessageParcel, [SealedBody]) {
    let key = node.entropy.key()
    let id = MessageID(rawValue: node.entropy.timedID(at: node.clock.now()))
    guard message.count > ContentSealer.smallLimit else {
      let body = ContentSealer.seal(message, dataKey: key, entropy: node.entropy)
      let parcel = MessageParcel(
        message: id, content: body.id, key: key, size: body.plainLength, sha256: body.sha256,
        travels: true, envelope: nil, structure: nil)
      return (parcel, [body])
    }
    let (content, entropy) = (node.journal.content, node.entropy)
    let stored = try await node.pool.run {
      let body = try content.receive(dataKey: key, entropy: entropy)
      try body.append(message)
      return try body.finish()
    }
    let parcel = MessageParcel(
      message: id, content: stored.id, key: key, size: stored.plainLength, sha256: stored.sha256,
      travels: false, envelope: nil, structure: nil)
    return (parcel, [])
  }

  /// Puts a message into the inbox as it is.
  func append(_ message: [UInt8]) async throws {
    let (parcel, bodies) = try await parcel(message)
    let append = AppendMessage(parcel, user: user, mailbox: inbox)
    _ = try await node.scribe.perform(append, origin: Origin(actor: .user(user)), bodies: bodies)
  }

  func append(_ text: String) async throws { try await append(Array(text.utf8)) }

  /// Delivers a message, which gets two lines in front.
  func deliver(_ text: String) async throws {
    let (parcel, bodies) = try await parcel(Array(text.utf8))
    let found = try node.state.read { view in
      try view.resolve(Array("alice".utf8), domain: "example.test")
    }
    guard case .routed(let route) = found, let recipient = route.locals.first else {
      return check(false, "alice is not found")
    }
    let transaction = MailTransaction(
      service: "smtp", transport: "ESMTP", sender: Array("bob@elsewhere.test".utf8),
      client: "192.0.2.1", helo: Array("elsewhere.test".utf8))
    let target = AcceptMessage.Target(recipient, address: Array("alice@example.test".utf8))
    let accept = AcceptMessage(parcel, transaction, targets: [target])
    let done = try await node.scribe.perform(
      accept, origin: Origin(actor: .peer), bodies: bodies)
    check(done.answer.isAccepted, "it is filed")
  }

  /// Copies the inbox onto itself: twice as many messages.
  func double() async throws {
    let copy = CopyMessages(
      user: user, from: inbox, to: inbox, uids: UIDSet(.first ... .last))
    _ = try await node.scribe.perform(copy, origin: Origin(actor: .user(user)))
  }

  /// The maildrop that transcripts begin with.
  func fill() async throws {
    try await append("Subject: one\r\n\r\nHello\r\n.dot\r\n..two dots\r\nlast\r\n")
    try await append("Subject: two\r\n\r\nno line end")
    try await deliver("Subject: three\r\n\r\ndelivered\r\n")
  }

  /// The UIDs that events say were expunged over POP3.
  func expunged() throws -> [UID] {
    let decoder = node.journal.reader.decoder()
    return try node.journal.reader.records(after: .zero).flatMap { record -> [UID] in
      guard case .messageExpunged(let event) = try decoder.decode(record).event,
        event.reason == "pop"
      else { return [] }
      return Array(event.uids)
    }
  }
}
