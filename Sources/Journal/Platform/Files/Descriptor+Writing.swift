import CPlatform
import Glibc

extension Descriptor {
  /// Writes all of `bytes` at `offset`.
  public func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let place = try Self.place(offset, done, path)
      let put = daybook_pwrite(raw, bytes.baseAddress! + done, bytes.count - done, place)
      done += try progress(put, "pwrite")
    }
  }

  /// Writes all of `bytes` at `offset`.
  public func pwrite(_ bytes: RawSpan, at offset: UInt64) throws(SystemError) {
    try bytes.withUnsafeBytes { (bytes) throws(SystemError) in try pwrite(bytes, at: offset) }
  }

  /// Writes all of `bytes` at `offset`.
  public func pwrite(_ bytes: [UInt8], at offset: UInt64) throws(SystemError) {
    try pwrite(bytes.span.bytes, at: offset)
  }

  /// Lets the disk begin with bytes that were written, so that a later sync finds less to do. What
  /// goes wrong, that sync tells.
  public func startWriteback(_ count: Int, at offset: UInt64) {
    daybook_start_writeback(raw, Int64(clamping: offset), Int64(count))
  }

  /// Writes `parts` one after another from `offset` on, 64 of them with each call.
  public func pwritev(_ parts: [[UInt8]], at offset: UInt64) throws(SystemError) {
    var group = parts[...]
    var next = offset
    while !group.isEmpty {
      let now = group.prefix(64)
      group = group.dropFirst(64)
      let place = try Self.place(next, 0, path)
      var vectors: [iovec] = []
      var done = try check(
        Self.gather(now, &vectors) { daybook_pwritev(raw, $0, Int32($0.count), place) }, "pwritev")
      for part in now {
        if done < part.count {
          // The call was short: the rest of this part, and those after it, go one by one.
          try pwrite([UInt8](part[done...]), at: next + UInt64(done))
        }
        done = max(0, done - part.count)
        next += UInt64(part.count)
      }
    }
  }

  private static func gather(
    _ parts: ArraySlice<[UInt8]>, _ vectors: inout [iovec], _ put: ([iovec]) -> Int
  ) -> Int {
    guard let first = parts.first else { return put(vectors) }
    return first.withUnsafeBytes { bytes in
      let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
      vectors.append(iovec(iov_base: start, iov_len: bytes.count))
      return gather(parts.dropFirst(), &vectors, put)
    }
  }

  /// Writes all of `bytes` at the current place, as pipes and terminals want it.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes {
        daybook_write(raw, $0.baseAddress! + done, bytes.count - done)
      }
      done += try progress(put, "write")
    }
  }

  /// A write that makes no progress would be tried for ever.
  private func progress(_ result: Int, _ operation: StaticString) throws(SystemError) -> Int {
    let count = try check(result, operation)
    if count == 0 { throw SystemError(code: EIO, operation: "\(operation)", path: path) }
    return count
  }
}
