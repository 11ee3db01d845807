import Glibc
import Platform
import Synchronization

/// Processor time used so far, user and system together, in nanoseconds.
enum ProcessorTime {
  /// Of all threads.
  static var process: UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }
  /// Of the calling thread.
  static var thread: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// Counts the Scribe's commits and what its thread has used, told by the hook after each commit.
final class WriterGauge: Sendable {
  private let commitCount = Atomic<UInt64>(0)
  private let used = Atomic<UInt64>(0)

  /// On the Scribe's thread.
  func mark() {
    commitCount.add(1, ordering: .relaxed)
    used.store(ProcessorTime.thread, ordering: .relaxed)
  }

  var commits: UInt64 { commitCount.load(ordering: .relaxed) }
  /// The thread's processor time at its last commit.
  var processorTime: UInt64 { used.load(ordering: .relaxed) }
}
