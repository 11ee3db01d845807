import CPlatform
import Glibc

/// SIGINT and SIGTERM as something to wait for, instead of the end of the process.
public struct StopSignals: Sendable {
  private let pipe: Int32

  /// Catches them from now on. Once in a process.
  public init() throws(SystemError) {
    pipe = daybook_catch_stop_signals()
    guard pipe >= 0 else { throw SystemError(code: -pipe, operation: "sigaction", path: "signals") }
  }

  /// Returns at the first of them.
  public func wait() async {
    let pipe = pipe
    await withCheckedContinuation { continuation in
      _ = startThread(name: "signals") {
        var octet: UInt8 = 0
        while read(pipe, &octet, 1) != 1 {}
        continuation.resume()
      }
    }
  }
}
