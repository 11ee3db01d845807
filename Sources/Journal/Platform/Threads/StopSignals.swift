import CPlatform
import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for, instead of the end of the process.
public struct StopSignals: Sendable {
  private let pipe: Int32

  /// Catches them from now on. Once in a process.
  public init() throws(SystemError) {
    pipe = daybook_catch_stop_signals()
    guard pipe >= 0 else { throw SystemError(code: -pipe, operation: "sigaction", path: "signals") }
  }

  /// Returns at the first SIGINT or SIGTERM; calls `reload` at each SIGHUP before.
  public func wait(reload: @escaping @Sendable () -> Void) async {
    let pipe = pipe
    await withCheckedContinuation { continuation in
      _ = startThread(name: "signals") {
        var octet: UInt8 = 0
        while read(pipe, &octet, 1) != 1 || octet == UInt8(SIGHUP) {
          if octet == UInt8(SIGHUP) { reload() }
          octet = 0
        }
        continuation.resume()
      }
    }
  }
}
