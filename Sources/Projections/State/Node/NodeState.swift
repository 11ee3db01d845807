import Events
import Ledger
import Platform
import Store

/// How a node opens its State, copies it now and then, and folds it anew while it runs.
enum NodeState {
  static func snapshots(_ journal: Journal) -> Snapshots {
    Snapshots(journal.directory.path + "/state-snapshots")
  }

  /// State as it was left; where that cannot be trusted, its newest copy; where there is none,
  /// nothing. The Scribe folds what lacks.
  static func open(_ journal: Journal) throws -> StateEnvironment {
    let path = journal.directory.state
    let boot = journal.surroundings.clock.bootID()
    try DirectorySwap.mend(path)
    try Directory.removeTree(path + ".rebuild")
    try StatePreparation.adopt(journal)
    if Directory.exists(path), try !TrustMark(path).isTrusted(boot: boot) {
      try discard(journal, "unclean stop")
    }
    do {
      return try opened(journal, boot)
    } catch let error as StoreError {
      guard error.isDamage else { throw error }
      try discard(journal, "\(error)")
      return try opened(journal, boot)
    }
  }

  private static func opened(_ journal: Journal, _ boot: ID) throws -> StateEnvironment {
    let path = journal.directory.state
    if !Directory.exists(path + "/data.mdb") {
      let head = try journal.reader.head
      let position = try snapshots(journal).restore(into: path) { $0 <= head }
      if let position {
        journal.surroundings.diagnostics.log(
          .info, "state_restored", [("position", "\(position)")])
      }
    }
    try Directory.create(path, parents: true)
    try TrustMark(path).open(boot: boot)
    return try StateEnvironment(path, isWriter: true, clock: journal.surroundings.clock)
  }

  private static func discard(_ journal: Journal, _ why: String) throws {
    journal.surroundings.diagnostics.log(.warning, "state_discarded", [("why", why)])
    try Directory.removeTree(journal.directory.state)
  }

  /// The file for checkpoints outside the data directory, as State last knew it. The setting acts
  /// from the next start.
  static func outsideNotes(_ directory: DataDirectory, _ clock: any Clock) throws -> String? {
    guard Directory.exists(directory.state + "/data.mdb"),
      try TrustMark(directory.state).isTrusted(boot: clock.bootID())
    else { return nil }
    do {
      let state = try StateEnvironment(directory.state, isWriter: false, clock: clock)
      defer { state.close() }
      let path = try state.read { try $0.value(Settings.checkpointCopy, for: .system) }
      return path.isEmpty ? nil : path
    } catch let error as StoreError where error.isDamage || error.isAbsent {
      return nil
    }
  }
}

extension StoreError {
  /// What is stored is not what was written; folding anew mends it.
  public var isDamage: Bool {
    switch self {
    case .damaged, .truncated: true
    default: false
    }
  }

  var isAbsent: Bool { if case .notFound = self { true } else { false } }
}
