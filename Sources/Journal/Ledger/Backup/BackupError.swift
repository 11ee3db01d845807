import Events
import Platform

/// Why a backup cannot be made or restored.
public enum BackupError: Error, Hashable, Sendable {
  /// The directory holds something else than a backup of this journal.
  case foreign(path: String)
  /// The manifest does not follow its format: which part.
  case malformed(String)
  /// A file is missing, or is not what the manifest says.
  case changed(path: String)
  /// The restored journal is not what the manifest and the signed checkpoints say.
  case unproven(String)
  /// The directory to restore into is not empty.
  case notEmpty(path: String)
}

extension BackupError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .foreign(let path): "\(path) holds the backup of another journal, or something else"
    case .malformed(let what): "the manifest of the backup is malformed: \(what)"
    case .changed(let path): "\(path) is missing from the backup or was changed"
    case .unproven(let why): "the restored journal does not prove itself: \(why)"
    case .notEmpty(let path): "\(path) is not empty: restore into a new directory"
    }
  }
}
