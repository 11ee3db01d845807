import Events
import Ledger
import MailFormat
import Platform
import State

extension SMTPSession {
  /// Answers of one message at most; users behind it are not answered for.
  private static let mostAnswers = 100

  /// The auto-responders of those who are about to get the message. Nobody answers the null
  /// sender, nor for the catch-all. RFC 3834 §2, SPEC §3
  func responders() throws -> [Responder] {
    guard let sender = dialogue.transaction?.sender, !sender.domain.isEmpty else { return [] }
    let now = service.node.clock.now()
    let users = named.joined().compactMap { target -> UserID? in
      guard case .local(let recipient) = target.destination,
        !recipient.via.contains(where: { $0.kind == .catchAll })
      else { return nil }
      return recipient.user
    }
    guard !users.isEmpty else { return [] }
    var seen: Set<UserID> = []
    return try service.node.state.read { view in
      try users.filter { seen.insert($0).inserted }.compactMap {
        try view.responder(of: $0, at: now)
      }
    }
  }

  /// Sends the answers that are due to a message which was just accepted at `origin`.
  ///
  /// What goes wrong with an answer changes nothing about the message.
  func answer(
    _ header: [UInt8], of transaction: SMTPTransaction, from responders: [Responder],
    origin: Position
  ) async throws {
    guard let sender = transaction.sender,
      let message = AnswerableMessage(sender: sender.text, header: header)
    else { return }
    let now = service.node.clock.now()
    let due = try service.node.state.read { view in
      try responders.filter { responder in
        try !view.isOwn(sender, of: responder.user)
          && view.owesAnswer(to: sender.text, responder, at: now)
          && message.addressees.contains { address in
            guard let host = address.host else { return false }
            return try view.isOwn(
              MailPath(localPart: address.mailbox ?? [], domain: host), of: responder.user)
          }
      }
    }
    let composer = AnswerComposer(node: service.node, hostName: dialogue.policy.hostName)
    for responder in due.prefix(Self.mostAnswers) {
      let (parcel, body) = composer.answer(message, from: responder, to: sender.text)
      let decision = AnswerMessage(
        parcel, from: responder.user, to: sender.text, origin: origin)
      do {
        _ = try await service.node.scribe.perform(
          decision, origin: Origin(actor: .server), bodies: [body])
      } catch .stopped {
        throw SessionEnd.withoutVerdict
      } catch {
        service.report("answer_not_sent", error)
      }
    }
  }
}
