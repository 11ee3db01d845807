import Events
import Platform

/// Why a data directory cannot be opened, read or written. Each text says what to do.
public enum LedgerError: Error, Hashable, Sendable {
  /// Another process writes here; its id where the lock file told it.
  case locked(path: String, process: Int32?)
  /// LMDB's locks and maps are not safe over a network.
  case networkFileSystem(path: String, type: String)
  /// There is no journal here.
  case absent(path: String)
  /// There is a journal here already, or the remains of one.
  case exists(path: String)
  /// It was written by a later version.
  case format(path: String, found: UInt64)
  /// What is stored is not what was written; the position is where it was noticed.
  case damaged(position: Position?, what: String)
  /// A checkpoint was signed over more than there is: the tail is missing or the disk was set back.
  case rolledBack(tip: Position, signed: Position, source: String)
  /// The key that seals an event was destroyed or never made.
  case keyAbsent(Slot)
  /// A decision numbered its new slots wrongly.
  case slotOutOfOrder(Slot)
  /// A decision left a personal part without a seal.
  case unsealed(type: String)
}

extension LedgerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path, let process):
      if let process {
        "\(path) is being written by process \(process): "
          + "stop it first, or use a command that goes through it"
      } else {
        "\(path) is being used by another process, such as a server that only reads: stop it first"
      }
    case .networkFileSystem(let path, let type):
      "\(path) lies on a network file system (\(type)): the journal needs a local disk"
    case .absent(let path):
      "\(path) holds no journal: `daybook init` makes one"
    case .exists(let path):
      "\(path) already holds a journal or a part of one: choose an empty directory"
    case .format(let path, let found):
      "\(path) has format \(found), which this version does not know: use a newer one"
    case .damaged(let position, let what):
      "the journal is damaged\(position.map { " at position \($0.rawValue)" } ?? ""): \(what); "
        + "`daybook verify` names the first bad position, `daybook salvage` saves what is before it"
    case .rolledBack(let tip, let signed, let source):
      "the journal ends at position \(tip.rawValue), but \(source) holds a checkpoint signed at "
        + "\(signed.rawValue): records are missing; restore a backup or find the right disk"
    case .keyAbsent(let slot):
      "the key in slot \(slot.rawValue) is destroyed or was never made"
    case .slotOutOfOrder(let slot):
      "a new keyring slot has the number \(slot.rawValue), out of order"
    case .unsealed(let type): "\(type) has a personal part and no seal"
    }
  }
}
