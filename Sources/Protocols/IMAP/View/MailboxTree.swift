import State

/// A user's mailboxes as LIST shows them, with the levels that exist only above others.
struct MailboxTree {
  struct Entry: Hashable, Sendable {
    let name: String
    /// Such as `\Sent`, or empty. RFC 6154 §2
    let use: String
    /// False for a level that is no mailbox and only has some below it.
    let isSelectable: Bool
    var hasChildren: Bool
  }

  /// By name, INBOX first.
  let entries: [Entry]

  init(_ mailboxes: [Mailbox]) {
    var known: [String: Entry] = [:]
    var names: [MailboxName] = []
    for mailbox in mailboxes where !mailbox.isDeleted {
      guard let name = mailbox.name else { continue }
      names.append(name)
      known[name.text] = Entry(
        name: name.text, use: mailbox.use, isSelectable: true, hasChildren: false)
    }
    for parent in names.flatMap(\.parents) {
      let missing = Entry(name: parent.text, use: "", isSelectable: false, hasChildren: true)
      known[parent.text, default: missing].hasChildren = true
    }
    entries = known.values.sorted { left, right in
      if (left.name == "INBOX") != (right.name == "INBOX") { return left.name == "INBOX" }
      return left.name < right.name
    }
  }
}

/// A reference and a pattern as LIST combines them: one behind the other. RFC 3501 §6.3.8
struct ListPattern {
  private let pattern: MailboxPattern
  private let inboxPattern: MailboxPattern

  /// Both in modified UTF-7 as they came.
  init(_ reference: [UInt8], _ pattern: [UInt8]) throws {
    guard let text = ModifiedUTF7.decode(reference + pattern) else { throw CommandRefused.badName }
    self.pattern = MailboxPattern(Array(text.utf8))
    inboxPattern = MailboxPattern(Array(text.utf8), ignoresCase: true)
  }

  func matches(_ name: String) -> Bool {
    name == "INBOX" ? inboxPattern.matches(name.utf8) : pattern.matches(name.utf8)
  }
}

extension ResponseWriter {
  // mailbox-list = "(" [mbx-list-flags] ")" SP DQUOTE QUOTED-CHAR DQUOTE SP mailbox
  mutating func list(_ entry: MailboxTree.Entry) {
    raw("* LIST (")
    if !entry.isSelectable { raw("\\Noselect ") }
    raw(entry.hasChildren ? "\\HasChildren" : "\\HasNoChildren")
    if !entry.use.isEmpty {
      space()
      text(entry.use)
    }
    raw(") \"/\" ")
    mailbox(entry.name)
    endLine()
  }
}
