import Events
import Ledger
import Platform
import State
import Store

/// Where a follower's files are, and how its store is opened from them.
struct FollowerPlace {
  private let name: String
  private let journal: Journal

  init(_ name: String, _ journal: Journal) {
    self.name = name
    self.journal = journal
  }

  var path: String { journal.directory.path + "/followers/" + name }

  var snapshots: Snapshots {
    Snapshots(journal.directory.path + "/followers/" + name + "-snapshots")
  }

  /// The store as it was left; where that cannot be trusted, its newest copy; else an empty one.
  func open<F: Follower>(_ type: F.Type) throws -> FollowerStore {
    let boot = journal.surroundings.clock.bootID()
    try DirectorySwap.mend(path)
    if Directory.exists(path), try !TrustMark(path).isTrusted(boot: boot) { try discard() }
    do {
      return try opened(type, boot)
    } catch StoreError.damaged, StoreError.truncated {
      try discard()
      return try opened(type, boot)
    }
  }

  private func opened<F: Follower>(_ type: F.Type, _ boot: ID) throws -> FollowerStore {
    if !Directory.exists(path + "/data.mdb") {
      let head = try journal.reader.head
      _ = try snapshots.restore(into: path) { $0 <= head }
    }
    try Directory.create(path, parents: true)
    try TrustMark(path).open(boot: boot)
    return try FollowerStore(type, at: path, isWriter: true)
  }

  private func discard() throws {
    journal.surroundings.diagnostics.log(.warning, "follower_discarded", [("name", name)])
    try Directory.removeTree(path)
  }
}
