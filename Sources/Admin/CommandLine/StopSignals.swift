import Glibc
import Platform

/// SIGINT and SIGTERM as something to wait for.
///
/// They are blocked in every thread made after this value, so make it first; one thread of its own
/// receives them.
struct StopSignals: Sendable {
  init() {
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
