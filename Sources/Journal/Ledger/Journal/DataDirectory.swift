/// Where everything of one cell lies below its data directory.
///
/// Paths derive from numbers and ids, never from names, so that no name can lead out of it.
public struct DataDirectory: Hashable, Sendable {
  /// The data directory itself, without a slash at its end.
  public let path: String

  public init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// The epochs.
  public var journal: String { path + "/journal" }
  /// The content segments.
  public var content: String { path + "/content" }
  /// The keyring's two files.
  public var keyring: String { path + "/keyring" }
  /// The signed checkpoints, one file a day.
  public var checkpoints: String { path + "/checkpoints" }
  /// The projection the Scribe folds.
  public var state: String { path + "/state" }
  /// The file whose lock admits one writer process; it holds that process's id.
  public var lock: String { path + "/lock" }
  /// The space kept back for decisions that free space.
  public var ballast: String { path + "/ballast" }
  /// Exists while the directory is being created; what it covers holds nothing of value yet.
  public var creating: String { path + "/creating" }

  /// The directory of one epoch's environment: at least four digits.
  public func epoch(_ number: UInt64) -> String { journal + "/" + Self.epochName(number) }

  /// Where an epoch is put together before it is moved to its place in one step.
  public func unfinishedEpoch(_ number: UInt64) -> String { epoch(number) + ".new" }

  static func epochName(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
