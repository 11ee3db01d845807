import Events

/// A user's inbox as one session numbers it: fixed at sign-in, whatever happens to it meanwhile.
/// RFC 1939 §4
struct Maildrop: Hashable, Sendable {
  /// One message, where it stands in the mailbox.
  struct Entry: Hashable, Sendable {
    let uid: UID
    /// Octets, as RETR sends them before dots are doubled.
    let size: UInt64
  }

  let mailbox: MailboxID
  let uidValidity: UInt32
  let entries: [Entry]
  /// Indices of those that DELE marked.
  private var deleted: Set<Int> = []
  /// Messages that are not marked, and their octets together.
  private(set) var count: Int
  private(set) var size: UInt64

  init(mailbox: MailboxID, uidValidity: UInt32, entries: [Entry]) {
    self.mailbox = mailbox
    self.uidValidity = uidValidity
    self.entries = entries
    count = entries.count
    size = entries.reduce(0) { $0 &+ $1.size }
  }

  /// The message with that number, from 1; nil where there is none or it is marked.
  func entry(_ number: UInt64) -> Entry? { index(number).map { entries[$0] } }

  func isDeleted(_ index: Int) -> Bool { deleted.contains(index) }

  /// Marks the message; false where there is none, or it is marked.
  mutating func delete(_ number: UInt64) -> Bool {
    guard let index = index(number) else { return false }
    deleted.insert(index)
    count -= 1
    size -= entries[index].size
    return true
  }

  /// Takes every mark back.
  mutating func reset() {
    for index in deleted { size += entries[index].size }
    count += deleted.count
    deleted = []
  }

  /// The marked messages, which QUIT removes.
  var doomed: UIDSet { UIDSet(deleted.sorted().lazy.map { entries[$0].uid }) }

  /// As people read it.
  var summary: String { "\(count) messages, \(size) octets" }

  /// What names a message for ever: no other message of the maildrop had it or will. RFC 1939 §7
  func uniqueID(_ entry: Entry) -> String { "\(uidValidity).\(entry.uid)" }

  private func index(_ number: UInt64) -> Int? {
    guard number > 0, number <= UInt64(entries.count) else { return nil }
    let index = Int(number) - 1
    return deleted.contains(index) ? nil : index
  }
}
