import Events
import Ledger
import Platform
import State

/// State folded anew from a journal of mail: messages accepted, filed and flagged, three or more
/// changed rows for each event.
final class RebuildWorkload: Workload {
  let name = "rebuild"
  let size = 1
  private var journal: Journal?

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let journal = try await corpus(in: scratch)
    let head = try journal.reader.head
    let path = scratch.next()
    defer { scratch.drop(path) }
    return try Sample.timing {
      try StateRebuild.fold(journal, through: head, into: path).close()
      return head.rawValue
    }
  }

  /// Made once: 200 mailboxes, into which messages come one by one; after each the flags of seven
  /// messages change. The accepting event makes one row, filing two, the flags one each.
  private func corpus(in scratch: BenchScratch) async throws -> Journal {
    if let journal { return journal }
    let path = scratch.next()
    let town = try await BenchTown(at: path, users: 200)
    let goal: UInt64 = 60_000
    let start = try town.node.journal.reader.head.rawValue
    var rows: UInt64 = 0
    while try town.node.journal.reader.head.rawValue < goal {
      rows += try await town.drive(callers: 200, for: .milliseconds(500)) { node, user in
        let mail = BenchMail(size: 1_000, node.entropy)
        _ = try await node.scribe.perform(
          mail.acceptance(for: [user], carriesBody: false), origin: .server)
        return try await 3 + Self.changeFlags(node, user)
      }.events
    }
    let events = try town.node.journal.reader.head.rawValue - start
    await town.close()
    guard rows >= 3 * events else {
      throw Failure(code: .unavailable, message: "\(events) events changed only \(rows) rows")
    }
    let journal = try Journal(open: path, mode: .reader)
    self.journal = journal
    return journal
  }

  /// Seven messages anywhere in the mailbox get other flags than they had; how many there were.
  private static func changeFlags(_ node: Node, _ user: LocalRecipient) async throws -> UInt64 {
    let next = try node.state.read { try $0.mailbox(user.mailbox)?.uidNext.rawValue ?? 1 }
    guard next > 7 else { return 0 }
    let uids = (0..<7).map { _ in UID(UInt32(node.entropy.number(in: 1...UInt64(next - 1)))) }
    let flags = SystemFlags(rawValue: UInt8(next % 31) + 1)
    let stored = try await node.scribe.perform(
      StoreFlags(
        user: user.user, mailbox: user.mailbox, uids: UIDSet(uids), mode: .replace,
        flags: FlagSet(flags)), origin: Origin(actor: .user(user.user))
    ).answer.stored
    return UInt64(stored.count)
  }
}
