import CLMDB
import CPlatform
import Glibc
import Platform

/// Why the store could not do what it was asked.
public enum StoreError: Error, Hashable, Sendable {
  /// The volume, the quota or the map has no room left. Nothing was committed.
  case full
  /// The file is not what LMDB wrote: what is wrong, and where.
  case damaged(String)
  /// The file is shorter than its last page: the path, and bytes as needed and as found.
  case truncated(path: String, expected: UInt64, actual: UInt64)
  /// The environment is open already, or this thread is writing to it already.
  case busy(String)
  /// The environment or the table does not exist.
  case notFound(String)
  /// The environment lies on a file system that cannot be relied on: which kind.
  case remoteVolume(String)
  /// The environment was closed.
  case closed
  /// A key that was to be appended is not greater than the last one.
  case outOfOrder
  /// A key is empty or longer than 511 bytes.
  case invalidKey
  /// The caller broke a rule of the store: which one. Nothing was changed.
  case misuse(String)
  /// A commit or sync failed so that nobody knows whether it took place. Never try it again:
  /// stop, and verify when the process starts anew.
  case outcomeUnknown(code: Int32, operation: String)
  /// Anything else; nothing was committed. The code is errno's, or LMDB's when negative.
  case other(code: Int32, operation: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .full: "no space left for the store"
    case .damaged(let what): "the store is damaged: \(what)"
    case .truncated(let path, let expected, let actual):
      "the store is truncated: \(path) has \(actual) bytes, its last page ends at \(expected)"
    case .busy(let what): "the store is in use: \(what)"
    case .notFound(let what): "the store has no \(what)"
    case .remoteVolume(let kind): "the store cannot lie on \(kind): locks and syncs fail there"
    case .closed: "the store is closed"
    case .outOfOrder: "a key was appended out of order"
    case .invalidKey: "a key has 1 to 511 bytes"
    case .misuse(let rule): "the store was used wrongly: \(rule)"
    case .outcomeUnknown(let code, let operation):
      "\(operation) failed with unknown outcome: \(Self.text(code))"
    case .other(let code, let operation): "\(operation) failed: \(Self.text(code))"
    }
  }

  private static func text(_ code: Int32) -> String {
    let text = String(cString: mdb_strerror(code))
    let name = daybook_error_name(code).map { String(cString: $0) }
    return name.map { "\(text) (\($0))" } ?? text
  }
}

extension StoreError {
  /// The error of an LMDB call other than a commit or a sync.
  init(code: Int32, operation: String) {
    self =
      switch code {
      case MDB_MAP_FULL, ENOSPC, EDQUOT: .full
      case MDB_KEYEXIST: .outOfOrder
      case MDB_BAD_VALSIZE: .invalidKey
      case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH:
        .damaged("\(operation): \(Self.text(code))")
      default: .other(code: code, operation: operation)
      }
  }

  init(_ error: SystemError) {
    self =
      error.isFull ? .full : .other(code: error.code, operation: "\(error.operation) \(error.path)")
  }

  /// The result of `body`, or its error as one of the store.
  static func translated<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
  ) throws(StoreError) -> Result {
    do throws(SystemError) { return try body() } catch { throw StoreError(error) }
  }

  /// Throws unless an LMDB call succeeded.
  @inline(__always)
  static func check(_ code: Int32, _ operation: StaticString) throws(StoreError) {
    if code != MDB_SUCCESS { throw StoreError(code: code, operation: "\(operation)") }
  }

  /// True where an LMDB look-up found something, false where there is nothing.
  @inline(__always)
  static func found(_ code: Int32, _ operation: StaticString) throws(StoreError) -> Bool {
    if code == MDB_SUCCESS { return true }
    if code == MDB_NOTFOUND { return false }
    throw StoreError(code: code, operation: "\(operation)")
  }
}
