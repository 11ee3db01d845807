import CPlatform
import Glibc

/// A call to the operating system that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The errno value, above zero.
  public let code: Int32
  /// The call, such as `open`.
  public let operation: String
  /// What it was called on.
  public let path: String

  public init(code: Int32, operation: String, path: String) {
    self.code = code
    self.operation = operation
    self.path = path
  }

  /// Such as `open /x: No space left on device (ENOSPC)`.
  public var description: String {
    let text = daybook_error_text(code).map { String(cString: $0) } ?? "unknown error"
    let name = daybook_error_name(code).map { String(cString: $0) } ?? "errno \(code)"
    return "\(operation) \(path): \(text) (\(name))"
  }

  /// ENOSPC: the volume has no room left.
  public static let noSpace: Int32 = ENOSPC

  /// Whether the volume or the quota has no room left.
  public var isFull: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether the path names nothing.
  public var isNotFound: Bool { code == ENOENT }

  /// Whether something is there already.
  public var alreadyExists: Bool { code == EEXIST }

  /// The result of a call that returns -errno, or the error.
  @discardableResult
  static func check<Result: BinaryInteger>(
    _ result: Result, _ operation: StaticString, _ path: String
  ) throws(SystemError) -> Result {
    guard result < 0 else { return result }
    throw SystemError(
      code: Int32(-Int64(result)), operation: "\(operation)", path: path)
  }
}
