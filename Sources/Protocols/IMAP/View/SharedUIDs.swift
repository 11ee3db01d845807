import Events
import Synchronization

/// The messages of one mailbox, as one list for all sessions that have seen the same of it.
///
/// Where single messages were removed all over a mailbox its list takes twelve bytes for each gap; a
/// hundred sessions hold that once. A list is known by the position up to which it is right, so it
/// is never stale. It lives as long as a session holds it.
final class SharedUIDs: Sendable {
  private let mailbox: MailboxID
  private let table: Table
  private let latest = Mutex<(position: Position, uids: UIDList)>((.zero, UIDList()))
  private let last = Mutex<Comparison?>(nil)

  private init(_ mailbox: MailboxID, _ table: Table) {
    self.mailbox = mailbox
    self.table = table
  }

  deinit { table.forget(mailbox) }

  /// The list as of exactly `position`, if a session has read it.
  func list(at position: Position) -> UIDList? {
    latest.withLock { $0.position == position ? $0.uids : nil }
  }

  /// Gives the list that is right at `position` for one to hold: the one others hold already where
  /// there is one.
  func share(_ uids: UIDList, at position: Position) -> UIDList {
    latest.withLock { latest in
      if position > latest.position { latest = (position, uids) }
      return latest.position == position ? latest.uids : uids
    }
  }

  /// What a session found that went through the whole mailbox: all messages that were there, and
  /// those that changed between two positions, new ones among them.
  struct Comparison: Sendable {
    /// Those with more changes than this are not kept.
    static let most = 1_000

    let after: Position
    let through: Position
    var present = UIDList()
    var changed: [(modseq: Position, message: FlagsOfMessage)] = []
  }

  /// What another session found that was as far as this one or less, and is told no less by it.
  func comparison(after: Position, through: Position) -> Comparison? {
    last.withLock { last in
      guard let last, last.after <= after, last.through == through else { return nil }
      return last
    }
  }

  /// Keeps what a session found for the others that are woken by the same change.
  func keep(_ comparison: Comparison) {
    guard comparison.changed.count <= Comparison.most else { return }
    last.withLock { last in
      if comparison.through >= last?.through ?? .zero { last = comparison }
    }
  }

  /// The selected mailboxes of a server.
  final class Table: Sendable {
    private struct Entry {
      weak var shared: SharedUIDs?
    }

    private let entries = Mutex<[MailboxID: Entry]>([:])

    func of(_ mailbox: MailboxID) -> SharedUIDs {
      entries.withLock { entries in
        if let known = entries[mailbox]?.shared { return known }
        let shared = SharedUIDs(mailbox, self)
        entries[mailbox] = Entry(shared: shared)
        return shared
      }
    }

    /// How many mailboxes some session has selected.
    var count: Int { entries.withLock { $0.count } }

    /// The last session has left the mailbox, unless another has come meanwhile.
    fileprivate func forget(_ mailbox: MailboxID) {
      // The successor is let go of outside the lock: who lets go last comes here again.
      let successor = entries.withLock { entries -> SharedUIDs? in
        let shared = entries[mailbox]?.shared
        if shared == nil { entries[mailbox] = nil }
        return shared
      }
      withExtendedLifetime(successor) {}
    }
  }
}
