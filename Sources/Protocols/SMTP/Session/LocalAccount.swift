import Events
import State

/// The account of a process that submits by a Unix socket, as the kernel vouches for it.
struct LocalAccount: Sendable {
  /// Whether it may send for any user here: root, and the server's own.
  let isOperator: Bool
  /// The address that `submission.accounts` gives to it.
  let address: MailPath?

  /// The address for an account in lines such as `www-data=web@example.org`; `*` is any account.
  ///
  /// - Parameter names: of the account: its number, and its name where it has one.
  static func address(of names: [String], in lines: [String]) -> String? {
    for name in names + ["*"] {
      let found = lines.first { $0.hasPrefix("\(name)=") }
      if let found { return String(found.dropFirst(name.count + 1)) }
    }
    return nil
  }
}

extension SMTPSession {
  /// Makes the owner of the sender's address the user who submits, where the account may send for
  /// them; why not, where it may not.
  func adopt(_ sender: MailPath?, by account: LocalAccount) throws -> Reply? {
    user = nil
    let found = try service.node.state.read { view -> (User, UInt64, Int)? in
      guard let path = sender ?? account.address else { return nil }
      if !account.isOperator {
        guard let own = account.address, let owner = try view.owner(of: own),
          try view.isOwn(path, of: owner)
        else { return nil }
      }
      guard let id = try view.owner(of: path), let user = try view.user(id) else { return nil }
      return (
        user, try view.messageLimit(of: user.domain), try view.recipientLimit(of: user.domain)
      )
    }
    guard let (user, size, recipients) = found else { return .foreignAccount }
    self.user = user
    dialogue.policy.maximumSize = size
    dialogue.policy.maximumRecipients = recipients
    return nil
  }
}

extension StateView {
  /// The first user whom the address reaches here.
  fileprivate func owner(of path: MailPath) throws -> UserID? {
    let domain = String(decoding: path.domain, as: UTF8.self)
    guard case .routed(let route) = try resolve(path.localPart, domain: domain) else { return nil }
    return route.locals.first?.user
  }
}

extension MailPath {
  /// Of an address as settings hold it.
  init?(text: String) {
    guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    self.init(
      localPart: Array(text.utf8[..<at]),
      domain: Array(text.utf8[text.utf8.index(after: at)...]))
  }
}

extension Reply {
  static let foreignAccount = Reply(
    553, "5.7.1", "This account may not send as that; see the setting submission.accounts")
}
