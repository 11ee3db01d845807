import Glibc
import Platform

/// SIGINT and SIGTERM as something to wait for.
///
/// They must be blocked in every thread (`block`); one thread of its own receives them.
struct StopSignals: Sendable {
  /// Blocks them in the calling thread and in all that it makes.
  static func block() {
    var set = Self.set
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  private static var set: sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGINT)
    unsafe sigaddset(&set, SIGTERM)
    return set
  }

  /// Returns at the first of them.
  func wait() async {
    await withCheckedContinuation { continuation in
      _ = startThread(name: "signals") {
        var set = Self.set
        var signal: Int32 = 0
        while unsafe sigwait(&set, &signal) != 0 {}
        continuation.resume()
      }
    }
  }
}
