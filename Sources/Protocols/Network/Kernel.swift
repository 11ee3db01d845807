import Platform

/// `result` of a call that returns -errno, or the error it stands for.
@discardableResult
func kernel(
  _ result: Int32, _ operation: String, _ path: String = ""
) throws(SystemError) -> Int32 {
  guard result >= 0 else { throw SystemError(code: -result, operation: operation, path: path) }
  return result
}
