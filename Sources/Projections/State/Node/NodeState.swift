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

  /// State for an observer: the one that is there where it is whole and folded to the head, else one
  /// that is folded in a scratch directory, whose name is removed before anybody can look for it.
  static func observed(
    _ journal: Journal, scratch: String, onFold: (Position, Position) -> Void
  ) throws -> StateEnvironment {
    if let state = try current(journal) { return state }
    let path = "\(scratch)/daybook-\(journal.surroundings.entropy.id())"
    try Directory.create(path)
    do {
      let state = try StateEnvironment(path, isWriter: true, clock: journal.surroundings.clock)
      try FoldForward(journal.reader).run(state, onFold: onFold)
      try Directory.removeTree(path)
      return state
    } catch {
      try Directory.removeTree(path)
      throw error
    }
  }

  /// The State that is there, untouched; nil where it is not of use.
  private static func current(_ journal: Journal) throws -> StateEnvironment? {
    let clock = journal.surroundings.clock
    let path = journal.directory.state
    guard try TrustMark(path).isTrusted(boot: clock.bootID()) else { return nil }
    let state: StateEnvironment
    do {
      state = try StateEnvironment(path, isWriter: false, clock: clock, reading: .observing)
    } catch let error as StoreError where error.isDamage || error.isAbsent {
      return nil
    }
    if let checkpoint = try state.checkpoint, try checkpoint.position == journal.reader.head,
      try journal.fits(checkpoint)
    {
      return state
    }
    state.close()
    return nil
  }

  /// Reads everything again, again and again, as quickly as the settings allow.
  static func scrub(_ journal: Journal, _ state: StateEnvironment) -> Scrub? {
    var options = Scrub.Options()
    let value = { @Sendable (setting: Setting<Int>) in
      do { return try state.read { try $0.value(setting, for: .system) } } catch { return 0 }
    }
    guard value(Settings.scrubRate) > 0 else { return nil }
    options.bytesPerSecond = { max(1, value(Settings.scrubRate)) << 20 }
    options.pause = { .seconds(3_600 * max(1, value(Settings.scrubPause))) }
    options.isHeld = { position, _ in try state.read { try $0.content(position) != nil } }
    return Scrub(journal, options: options)
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
