import Events
import Ledger
import Platform
import Store
import Synchronization

/// The projection that decisions rely on: one LMDB environment, folded by the Scribe in its batches.
///
/// It is not synced: the journal brings back whatever is lost. kill -9 cannot hurt it, and after a
/// power cut it is thrown away (`TrustMark`). Reading is open to every thread at any time.
public final class StateEnvironment: FoldingState {
  public typealias View = StateView

  /// The environment that is open now; `reopen` and `discard` put another in its place.
  struct Opened {
    let environment: Store.Environment
    let tables: StateTables
  }

  public let directory: String
  private let access: Store.Environment.Options.Access
  private let opened: Mutex<Opened>
  /// Only the Scribe's thread touches it, and only between `begin` and `commit` or `abort`.
  private nonisolated(unsafe) var batch: StateBatch?
  private let changes = Mutex(StateChanges())
  private let offered = Mutex<StateOffer?>(nil)
  /// Rows of `freed` that are done with; the next commits remove them.
  private let drained = Mutex<[FreedContent]>([])

  /// Opens the State in a directory, for the Scribe or only to read.
  ///
  /// Only to read, it is opened as it is while a server folds it; what a power cut may have torn is
  /// refused, because reading it could end the process.
  ///
  /// - Parameter reading: how it is opened to be read; `observing` where nobody folds it meanwhile.
  /// - Throws: `StoreError`.
  public init(
    _ directory: String, isWriter: Bool, clock: any Clock = SystemClock(),
    reading: Store.Environment.Options.Access = .readOnly
  ) throws {
    self.directory = directory
    access = isWriter ? .readWrite : reading
    if isWriter {
      try Directory.create(directory, parents: true)
    } else if case let mark = TrustMark(directory), mark.exists,
      try !mark.isTrusted(boot: clock.bootID())
    {
      throw StoreError.damaged("State was not closed before the machine stopped; start the server")
    }
    opened = Mutex(try Self.open(directory, access))
    guard try storedFormat() != StateTable.format else { return }
    guard !isWriter else {
      try discard()
      return
    }
    close()
    throw StoreError.damaged("\(directory) was folded by another version; restart the server")
  }

  /// The format of the State in a directory; nil where none can be read there.
  static func format(at directory: String) throws -> UInt64? {
    guard Directory.exists(directory + "/data.mdb") else { return nil }
    do {
      let environment = try Store.Environment(
        path: directory, tables: [StateTable.meta.name],
        options: Store.Environment.Options(mapSize: 64 << 30, access: .readOnly))
      defer { environment.close() }
      let meta = environment.table(StateTable.meta.name)
      return try environment.read { try $0.value(meta, StateMeta.format) }
        .flatMap { StateMeta.number(of: $0) }
    } catch StoreError.damaged, StoreError.truncated, StoreError.notFound {
      return nil
    }
  }

  private static func open(
    _ directory: String, _ access: Store.Environment.Options.Access
  ) throws -> Opened {
    let environment = try Store.Environment(
      path: directory, tables: StateTable.allCases.map(\.name),
      options: Store.Environment.Options(
        mapSize: 64 << 30, durability: .unsynced, access: access))
    return Opened(environment: environment, tables: StateTables(environment))
  }

  private var now: Opened { opened.withLock { $0 } }

  /// Lends a view of the committed State. Short, and never across an `await`.
  public func read<R>(_ body: (borrowing StateView) throws -> R) throws -> R {
    let opened = now
    return try opened.environment.read { transaction in
      try unsafe withUnsafePointer(to: transaction) { pointer in
        try body(StateView(source: unsafe .read(pointer), tables: opened.tables))
      }
    }
  }

  /// What the last commit changed; asking takes it.
  func takeChanges() -> StateChanges {
    changes.withLock { changes in
      defer { changes = StateChanges() }
      return changes
    }
  }

  /// Closes the environment for good.
  public func close() { now.environment.close() }

  /// Brings everything to the disk, closes, and marks the directory as one that can be trusted.
  public func finish() throws {
    try sync()
    close()
    try TrustMark(directory).close()
  }

  /// Brings everything committed to the disk.
  func sync() throws { try now.environment.sync() }

  /// Copies the committed State, synced, into a directory that exists and is empty.
  func copy(to target: String) throws {
    try now.environment.copy(to: target, compacting: true)
    try Directory.sync(target)
  }

  /// Octets of the file.
  public var usedBytes: Int { get throws { try now.environment.usedBytes } }
}

/// What a commit changed, for the change feed.
struct StateChanges: Sendable {
  var mailboxes: [MailboxID: Position] = [:]
  var spool = false
  /// Lists, blocks or the server's own settings.
  var protection = false
  /// Whether people changed the spool: what is due may stand before what was read already.
  var spoolOrder = false
  var settings = false
}

// MARK: folding

extension StateEnvironment {
  public func begin() throws {
    if let offer = offered.withLock({ $0.take() }) { take(offer) }
    let opened = now
    unsafe batch = StateBatch(try opened.environment.beginWrite(), tables: opened.tables)
  }

  public func withView<R>(_ body: (borrowing StateView) throws -> R) throws -> R {
    let batch = try current()
    return try body(StateView(source: .batch(batch), tables: batch.tables))
  }

  public func fold(_ recorded: Recorded) throws { try current().fold(recorded) }

  public func nextFeed(_ domain: DomainID) throws -> UInt64 {
    try current().use(of: domain).feed + 1
  }

  public func commit(checkpoint: StateCheckpoint) throws {
    let batch = try current()
    try batch.put(.meta, StateMeta.checkpoint, StateMeta.row(checkpoint))
    try batch.put(.meta, StateMeta.format, StateMeta.row(StateTable.format))
    for freed in takeDrained() { try batch.delete(.freed, freed.key) }
    unsafe self.batch = nil
    try batch.commit()
    changes.withLock { changes in
      changes.mailboxes.merge(batch.touched) { max($0, $1) }
      changes.spool = changes.spool || batch.touchedSpool
      changes.protection = changes.protection || batch.touchedProtection
      changes.spoolOrder = changes.spoolOrder || batch.reorderedSpool
      changes.settings = changes.settings || batch.touchedSettings
    }
  }

  /// Removes rows of `freed` with the next commits: only the Scribe's thread writes to State. Those
  /// that are forgotten meanwhile, by a crash or a rebuild, are drained again.
  func remove(freed: [FreedContent]) { drained.withLock { $0 += freed } }

  /// Few enough that no commit is slow for it.
  private func takeDrained() -> [FreedContent] {
    drained.withLock { drained in
      defer { drained.removeFirst(min(1_000, drained.count)) }
      return Array(drained.prefix(1_000))
    }
  }

  public func abort() {
    unsafe batch?.abort()
    unsafe batch = nil
  }

  public var checkpoint: StateCheckpoint? {
    get throws {
      let opened = now
      return try opened.environment.read { transaction in
        try transaction.value(opened.tables[.meta], StateMeta.checkpoint).flatMap {
          StateMeta.checkpoint(of: $0)
        }
      }
    }
  }

  public func reopen() throws {
    abort()
    let (directory, access) = (directory, access)
    try opened.withLock { opened in
      opened.environment.close()
      opened = try Self.open(directory, access)
    }
  }

  public func discard() throws {
    try begin()
    let batch = try current()
    try batch.clearAll()
    try batch.put(.meta, StateMeta.format, StateMeta.row(StateTable.format))
    unsafe self.batch = nil
    try batch.commit()
  }

  /// Lets another State, folded from the same journal, take this one's place before the next batch.
  func offer(_ offer: StateOffer) { offered.withLock { $0 = offer } }

  /// Puts the offered State in place where it is equal by checkpoint; else this one goes on.
  private func take(_ offer: StateOffer) {
    do {
      try offer.catchUp()
      guard let reached = try checkpoint, try offer.prepared.checkpoint == reached else {
        throw StoreError.misuse("the rebuilt State is not at the live one's position")
      }
      offer.prepared.close()
      let (directory, access) = (directory, access)
      let old = try DirectorySwap.exchange(offer.prepared.directory, with: directory)
      try opened.withLock { opened in
        opened.environment.close()
        opened = try Self.open(directory, access)
      }
      try Directory.removeTree(old)
      offer.answer(nil)
    } catch {
      offer.answer(error)
    }
  }

  private func current() throws -> StateBatch {
    guard let batch = unsafe batch else { throw StoreError.closed }
    return batch
  }

  private func storedFormat() throws -> UInt64? {
    let opened = now
    return try opened.environment.read { transaction in
      try transaction.value(opened.tables[.meta], StateMeta.format).flatMap {
        StateMeta.number(of: $0)
      }
    }
  }
}

// MARK: digest

extension StateEnvironment {
  /// The logical digest of everything that is folded. DESIGN §5
  public func digest() throws -> Digest {
    let opened = now
    let tables = StateTable.allCases.filter(\.isFolded).map { opened.tables[$0] }
    return try opened.environment.read { try LogicalDigest.of(tables, $0) }
  }
}
