import Events
import Ledger
import Platform
import Store
import Synchronization

/// What the tests' state knows: how often each type came, and the domains' feeds.
struct Tally: Hashable, Sendable {
  var types: [String: Int] = [:]
  var feeds: [DomainID: UInt64] = [:]
  var users: [UserID: Position] = [:]
  var clients: [String] = []
  var checkpoint: StateCheckpoint?
}

/// What the tests' decisions read.
struct TallyView: ~Copyable {
  let tally: Tally
}

/// A state in memory that can be made to fail.
final class TallyState: FoldingState {
  typealias View = TallyView

  /// Folding an event with this text fails.
  static let poison = "poison"

  struct Failure: Error {}

  private struct Content {
    var committed = Tally()
    var open: Tally?
    var failingCommits: (count: Int, error: any Error) = (0, Failure())
    var reopened = 0
    var discarded = 0
    var fullFolds = 0
  }

  private let content = Mutex(Content())

  var tally: Tally { content.withLock { $0.committed } }
  var reopened: Int { content.withLock { $0.reopened } }
  var discarded: Int { content.withLock { $0.discarded } }
  func failCommits(_ count: Int, with error: any Error = Failure()) {
    content.withLock { $0.failingCommits = (count, error) }
  }
  func fillFolds(_ count: Int) { content.withLock { $0.fullFolds = count } }

  /// Puts a state there as if it had been folded before.
  func plant(_ tally: Tally) { content.withLock { $0.committed = tally } }

  func begin() throws { content.withLock { $0.open = $0.committed } }

  func withView<R>(_ body: (borrowing TallyView) throws -> R) throws -> R {
    let tally = content.withLock { $0.open ?? $0.committed }
    return try body(TallyView(tally: tally))
  }

  func fold(_ recorded: Recorded) throws {
    try content.withLock { content in
      guard var tally = content.open else { throw Failure() }
      if content.fullFolds > 0 {
        content.fullFolds -= 1
        throw StoreError.full
      }
      tally.types[recorded.header.type.name, default: 0] += 1
      if let domain = recorded.header.domain, let feed = recorded.header.feed {
        guard feed == (tally.feeds[domain] ?? 0) + 1 else { throw Failure() }
        tally.feeds[domain] = feed
      }
      switch recorded.event {
      case .sessionSignedIn(let event):
        if event.mechanism == Self.poison { throw Failure() }
        tally.users[event.user] = recorded.position
        if let client = event.client.value { tally.clients.append(client) }
      case .userAdded(let event): tally.users[event.user] = recorded.position
      default: break
      }
      content.open = tally
    }
  }

  func nextFeed(_ domain: DomainID) throws -> UInt64 {
    content.withLock { (($0.open ?? $0.committed).feeds[domain] ?? 0) + 1 }
  }

  func commit(checkpoint: StateCheckpoint) throws {
    try content.withLock { content in
      if content.failingCommits.count > 0 {
        content.failingCommits.count -= 1
        throw content.failingCommits.error
      }
      if var open = content.open {
        open.checkpoint = checkpoint
        content.committed = open
      }
      content.open = nil
    }
  }

  func abort() { content.withLock { $0.open = nil } }
  var checkpoint: StateCheckpoint? { tally.checkpoint }
  func reopen() throws { content.withLock { $0.reopened += 1 } }

  func discard() throws {
    content.withLock { content in
      content.committed = Tally()
      content.discarded += 1
    }
  }
}
