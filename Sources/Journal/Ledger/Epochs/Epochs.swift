import Events
import Platform
import Store
import Synchronization

/// All epochs of one journal, the oldest first: positions run through them without a gap.
///
/// The writer adds epochs and appends to the newest; every other use only reads. A reader in
/// another process notices new epochs by itself.
final class Epochs: Sendable {
  let directory: DataDirectory
  let limits: EpochLimits
  /// Whether this process is the one that writes.
  let isWriter: Bool
  private let reading: Store.Environment.Options.Access
  let log: LogID
  private let epochs: Mutex<[Epoch]>

  /// Opens what is there.
  ///
  /// - Throws: `LedgerError.absent` where there is no epoch, `LedgerError.damaged` where the
  ///   epochs do not follow each other.
  init(
    _ directory: DataDirectory, limits: EpochLimits, isWriter: Bool,
    reading: Store.Environment.Options.Access = .readOnly
  ) throws {
    self.reading = reading
    self.directory = directory
    self.limits = limits
    self.isWriter = isWriter
    let numbers = try Self.numbers(in: directory)
    guard let newest = numbers.last else { throw LedgerError.absent(path: directory.path) }
    var opened: [Epoch] = []
    for number in 0...newest {
      let isLive = isWriter && number == newest
      let epoch = try Epoch(
        number, at: directory.epoch(number), limits: limits,
        access: isLive ? .readWrite : reading)
      if let previous = opened.last { try Self.check(epoch, follows: previous) }
      opened.append(epoch)
    }
    log = opened[0].log
    epochs = Mutex(opened)
  }

  /// The epochs now.
  var all: [Epoch] { epochs.withLock { $0 } }

  /// The newest epoch, to which records are appended.
  var live: Epoch { epochs.withLock { $0[$0.count - 1] } }

  /// The tree over all records.
  func tip() throws -> Frontier {
    if !isWriter { try refresh() }
    return try live.tip()
  }

  /// The epoch that holds a position, or would if it were written.
  func epoch(of position: Position) -> Epoch {
    epochs.withLock { epochs in
      epochs.last { $0.first <= position } ?? epochs[0]
    }
  }

  /// The epoch that stores a full tile: where its last leaf is.
  func tile(_ key: TileKey) throws -> Tile? {
    let lastLeaf = TileKey(level: key.level, index: key.index + 1).firstLeaf
    return try epoch(of: Position(rawValue: lastLeaf)).tile(key)
  }

  /// Creates the epoch after the newest, reopens that one for reading only, and goes on in the new
  /// one.
  ///
  /// A crash leaves either the new epoch in its place or none; an unfinished one is made anew.
  func begin(_ meta: EpochMeta, fault: (EpochStep) throws -> Void = { _ in }) throws {
    try Epoch.create(
      meta, unfinished: directory.unfinishedEpoch(meta.epoch), at: directory.epoch(meta.epoch),
      in: directory.journal, limits: limits, fault: fault)
    let next = try Epoch(
      meta.epoch, at: directory.epoch(meta.epoch), limits: limits, access: .readWrite)
    epochs.withLock { $0.append(next) }
  }

  /// Ends the use of all epochs, when nobody reads any more.
  func close() {
    for epoch in all { epoch.environment.close() }
  }

  /// Takes in the epochs that the writing process has begun since.
  private func refresh() throws {
    try epochs.withLock { epochs in
      while true {
        let next = epochs[epochs.count - 1].number + 1
        let path = directory.epoch(next)
        guard Directory.exists(path) else { return }
        epochs.append(try Epoch(next, at: path, limits: limits, access: reading))
      }
    }
  }

  private static func check(_ epoch: Epoch, follows previous: Epoch) throws {
    let meta = try epoch.meta()
    let tip = try previous.tip()
    guard epoch.log == previous.log, meta.frontier == tip else {
      throw LedgerError.damaged(
        position: epoch.first,
        what: "epoch \(epoch.number) does not begin where epoch \(previous.number) ends")
    }
  }

  /// The numbers of the epochs that are there, ascending, without a gap.
  static func numbers(in directory: DataDirectory) throws -> [UInt64] {
    guard Directory.exists(directory.journal) else { return [] }
    let numbers = try Directory.list(directory.journal).compactMap { name in
      UInt64(name).flatMap { DataDirectory.epochName($0) == name ? $0 : nil }
    }.sorted()
    for (index, number) in numbers.enumerated() where number != UInt64(index) {
      throw LedgerError.damaged(position: nil, what: "epoch \(index) is missing")
    }
    return numbers
  }
}
