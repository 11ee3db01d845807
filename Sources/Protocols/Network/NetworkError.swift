import Glibc

/// A refusal of the kernel: which call, and its errno.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  public let code: Int32
  public let operation: String

  public init(code: Int32, operation: String) {
    self.code = code
    self.operation = operation
  }

  public var description: String { "\(operation): \(String(cString: strerror(code)))" }

  /// `result`, or the error where it is negative.
  @discardableResult
  static func check(_ result: Int32, _ operation: String) throws(NetworkError) -> Int32 {
    guard result >= 0 else { throw NetworkError(code: -result, operation: operation) }
    return result
  }
}
