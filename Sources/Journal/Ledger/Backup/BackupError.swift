import Events
import Platform

/// Why a backup cannot be made or restored.
public enum BackupError: Error, Hashable, Sendable {
  /// The directory holds no backup, or one that was cut short before its first end.
  case absent(path: String)
  /// The directory holds something else than a backup of this journal.
  case foreign(path: String)
  /// The manifest does not follow its format: which part.
  case malformed(String)
  /// A file is missing, or is not what the manifest says.
  case changed(path: String)
  /// The restored journal is not what the manifest and the signed checkpoints say.
  case unproven(String)
  /// The keyring cannot be read, so it cannot be backed up: why.
  case keyring(String)
  /// The directory to restore into is not empty.
  case notEmpty(path: String)
}

extension BackupError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .foreign(let path):
      "\(path) holds the backup of another journal, or something else: "
        + "choose a new directory"
    case .absent(let path):
      "\(path) holds no complete backup: name the directory that `daybook backup` wrote"
    case .malformed(let what):
      "the manifest of the backup is malformed: \(what); use another backup"
    case .changed(let path):
      "\(path) is missing from the backup or was changed: use another backup"
    case .unproven(let why):
      "the restored journal does not prove itself: \(why); use another backup"
    case .keyring(let why):
      "the keyring cannot be read (\(why)): run the backup as the server's user or as root"
    case .notEmpty(let path): "\(path) is not empty: restore into a new directory"
    }
  }
}
