import Events
import Platform
import State

/// RENAME: gives a mailbox, and those below it, another name. RFC 3501 §6.3.5
struct Rename: Command {
  static let verbs: [StaticString] = ["RENAME"]

  let old: MailboxArgument
  let new: MailboxArgument

  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    old = try parser.mailbox()
    try parser.space()
    new = try parser.mailbox()
  }

  func run(in session: Session) async throws -> Reply? {
    let user = try session.signedInUser().id
    let from = try session.mailboxName(old)
    let node = session.service.node
    let renamed = try await session.decide(
      RenameMailbox(
        user: user, from: from, to: try session.mailboxName(new), entropy: node.entropy,
        at: node.clock.now()))
    try await moveRest(session, user, to: renamed.answer)
    return .ok("Mailbox renamed")
  }

  /// INBOX keeps its name and gives its messages away, many of them in several steps.
  private func moveRest(
    _ session: Session, _ user: UserID, to renamed: RenameMailbox.Renamed
  ) async throws {
    guard var next = renamed.next, let target = renamed.mailbox else { return }
    let state = session.service.node.state
    guard let inbox = try state.read({ try $0.mailbox(named: .inbox, of: user) }) else { return }
    while true {
      let moved = try await session.decide(
        CopyMessages(
          user: user, from: inbox.id, to: target, uids: UIDSet(next ... .last), isMove: true))
      guard let further = moved.answer.next else { return }
      next = further
    }
  }
}
