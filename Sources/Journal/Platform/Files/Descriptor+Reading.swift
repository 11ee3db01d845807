import CPlatform
import Glibc

extension Descriptor {
  /// Fills `bytes` from `offset` on, and tells how many there were: fewer only at the end of file.
  public func pread(
    into bytes: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(SystemError) -> Int {
    var done = 0
    while done < bytes.count {
      let place = try Self.place(offset, done, path)
      let got = try check(
        daybook_pread(raw, bytes.baseAddress! + done, bytes.count - done, place), "pread")
      if got == 0 { break }
      done += got
    }
    return done
  }

  /// The `count` bytes from `offset` on; fewer only at the end of file.
  public func pread(_ count: Int, at offset: UInt64) throws(SystemError) -> [UInt8] {
    try Self.filled(count) { (buffer) throws(SystemError) in try pread(into: buffer, at: offset) }
  }

  /// Like `pread`, but nil where the disk would have to be waited for.
  ///
  /// For event loops, which must not wait: on nil, read on the worker pool.
  public func preadNoWait(_ count: Int, at offset: UInt64) throws(SystemError) -> [UInt8]? {
    var wouldWait = false
    let bytes = try Self.filled(count) { (buffer) throws(SystemError) in
      var done = 0
      while done < count {
        let place = try Self.place(offset, done, path)
        let got = daybook_pread_nowait(raw, buffer.baseAddress! + done, count - done, place)
        if got == -Int(EAGAIN) || got == -Int(EOPNOTSUPP) {
          wouldWait = true
          return 0
        }
        if try check(got, "preadv2") == 0 { break }
        done += got
      }
      return done
    }
    return wouldWait ? nil : bytes
  }

  /// Everything from the current place to the end of file.
  ///
  /// Works for pipes and for files of /proc. More than `limit` bytes throw `EFBIG`.
  public func readAll(limit: Int = 1 << 26) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let part = try Self.filled(min(65_536, limit - bytes.count + 1)) {
        (buffer) throws(SystemError) in
        try check(daybook_read(raw, buffer.baseAddress, buffer.count), "read")
      }
      if part.isEmpty { return bytes }
      bytes.append(contentsOf: part)
      if bytes.count > limit {
        throw SystemError(code: EFBIG, operation: "read", path: path)
      }
    }
  }

  private static func filled(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(SystemError) {
        filled = try fill(
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  static func place(_ offset: UInt64, _ done: Int, _ path: String) throws(SystemError) -> Int64 {
    guard offset <= UInt64(Int64.max) - UInt64(done) else {
      throw SystemError(code: EOVERFLOW, operation: "seek", path: path)
    }
    return Int64(offset) + Int64(done)
  }
}
