import Events
import Platform

/// Saves what can be read of a hurt journal into a new data directory.
///
/// Every record up to the damage is recovered, in a journal that opens and verifies: with the same
/// log id, keys and bodies, and a checkpoint signed over what was saved. The hurt directory is only
/// read.
public struct Salvage {
  /// What came of it.
  public struct Report: Hashable, Sendable {
    /// The last position saved.
    public var saved: Position
    /// The first position lost; nil where nothing is known to be lost.
    public var firstLost: Position?
    /// The greatest position of which a trace was seen.
    public var greatestSeen: Position
    /// Signed checkpoints that the saved records fulfil, and those that they do not reach.
    public var checkpointsKept = 0
    public var checkpointsLost = 0
    /// What could not be copied, and why the last record is the last, one line each.
    public var remarks: [String] = []
  }

  let source: DataDirectory
  let target: DataDirectory
  let surroundings: Journal.Surroundings

  /// - Parameter target: a directory that does not exist or is empty.
  public init(
    from source: String, to target: String, surroundings: Journal.Surroundings
  ) {
    self.source = DataDirectory(source)
    self.target = DataDirectory(target)
    self.surroundings = surroundings
  }

  /// Saves.
  ///
  /// - Parameter progress: told the positions saved now and then.
  /// - Throws: `LedgerError.absent` where not even the first record can be read, and what writing
  ///   throws.
  public func run(progress: (Position) -> Void = { _ in }) throws -> Report {
    try prepareTarget()
    var report = Report(saved: .zero, greatestSeen: .zero)
    copy(\.keyring, &report)
    copy(\.content, &report)
    let rescue = try rescuedEpochs()
    let writer = try writer(for: rescue.created, &report)
    let end = try append(rescue, to: writer, &report, progress)
    report.saved = writer.head
    report.firstLost = end
    try keepCheckpoints(writer, rescue.created, &report)
    try sign(writer)
    try Directory.remove(target.creating)
    try Directory.sync(target.path)
    return report
  }
}
