import Events
import Network
import Platform
import Protection
import State

extension SMTPSession {
  /// Whether nobody knows client, sender and recipient together yet, so that the client is to come
  /// again. Who has signed in is known. SPEC §6
  func isGreylisted(_ path: MailPath, _ route: Route) throws -> Bool {
    guard user == nil, dialogue.policy.role == .relay, let sentry = service.sentry,
      let client = connection.peer.ip,
      try service.node.state.read({ try $0.isGreylisted(route) })
    else { return false }
    let sender = dialogue.transaction?.sender?.text ?? []
    return try sentry.delays(client: client, sender: sender, recipient: path.text)
  }

  func noteUnknownRecipient() {
    guard user == nil, let client = connection.peer.ip else { return }
    service.sentry?.note(.harvesting, .smtp, client: client)
  }

  /// A message was taken.
  func noteMessage(
    _ transaction: SMTPTransaction, to targets: some Sequence<AcceptMessage.Target>
  ) {
    service.sentry?.noteMessage(
      from: user?.id, isBounce: transaction.sender?.text.isEmpty ?? true,
      to: targets.compactMap(\.user))
  }
}

extension Reply {
  static let greylisted = Reply(
    451, "4.7.1", "Greylisted: nobody knows you here yet; try again in a while")
}
