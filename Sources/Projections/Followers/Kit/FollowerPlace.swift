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
    try Directory.removeTree(path + ".rebuild")
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

  /// The store as another process keeps it, for reading; nil where there is none that can be
  /// trusted, of this version's format and of this journal.
  func reading<F: Follower>(_ type: F.Type) throws -> FollowerStore? {
    let boot = journal.surroundings.clock.bootID()
    guard Directory.exists(path + "/data.mdb"), try TrustMark(path).isTrusted(boot: boot) else {
      return nil
    }
    let store: FollowerStore
    do { store = try FollowerStore(type, at: path, isWriter: false) } catch StoreError.notFound {
      return nil
    }
    guard try store.isOfThisFormat, let checkpoint = try store.checkpoint,
      try journal.fits(checkpoint)
    else {
      store.close()
      return nil
    }
    return store
  }

  /// Folds the follower anew and puts it in place, where no server runs.
  ///
  /// - Returns: how far it is folded, and its logical digest.
  func rebuild<F: Follower>(
    _ follower: F, progress: (Position, Position) -> Void
  ) throws -> (position: Position, digest: Digest) {
    let fresh = path + ".rebuild"
    try DirectorySwap.mend(path)
    try Directory.removeTree(fresh)
    try Directory.create(fresh, parents: true)
    let store = try FollowerStore(F.self, at: fresh, isWriter: true)
    try FollowerFold(follower, journal).run(store, progress: progress)
    let (position, digest) = (try store.checkpoint?.position ?? .zero, try store.digest())
    try store.finish()
    try Directory.removeTree(DirectorySwap.exchange(fresh, with: path))
    return (position, digest)
  }

  private func discard() throws {
    journal.surroundings.diagnostics.log(.warning, "follower_discarded", [("name", name)])
    try Directory.removeTree(path)
  }
}
