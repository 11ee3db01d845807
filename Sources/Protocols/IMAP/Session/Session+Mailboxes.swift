import Events
import State

extension Session {
  /// Who signed in. Commands that need it are legal only then.
  func signedInUser() throws -> SessionUser {
    guard let user else { throw CommandRefused(.bad("Sign in first")) }
    return user
  }

  /// The selected mailbox. Commands that need it are legal only then.
  func selectedView() throws -> MailboxView {
    guard let view else { throw CommandRefused(.bad("Select a mailbox first")) }
    return view
  }

  /// The selected mailbox, which must not have been opened read-only.
  func changeableView() throws -> MailboxView {
    let view = try selectedView()
    guard !view.isReadOnly else { throw CommandRefused.readOnly }
    return view
  }

  /// The user's mailbox that a command names.
  func mailbox(_ argument: MailboxArgument) throws -> Mailbox {
    let user = try signedInUser()
    let name: MailboxName
    do { name = try mailboxName(argument) } catch { throw CommandRefused.noMailbox }
    let found = try service.node.state.read { try $0.mailbox(named: name, of: user.id) }
    guard let found, !found.isDeleted else { throw CommandRefused.noMailbox }
    return found
  }

  /// The name that a command gives, as State spells it.
  func mailboxName(_ argument: MailboxArgument) throws -> MailboxName {
    guard let text = argument.text else { throw CommandRefused.badName }
    return try MailboxName(text)
  }

  /// Leaves the selected mailbox, if there is one.
  func leaveMailbox() {
    view = nil
    dialogue.unselected()
  }

  /// The UIDs of the messages a command names in the selected mailbox.
  func resolve(_ messages: MessageSet) throws -> [ClosedRange<UInt32>] {
    guard let ranges = try selectedView().resolve(messages) else {
      throw CommandRefused.noSuchMessage
    }
    return ranges
  }
}
