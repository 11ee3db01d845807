import CPlatform
import Platform
import Synchronization

/// The event loops of the process, one per core as a rule.
public final class EventLoops: Sendable {
  public let all: [EventLoop]
  private let turn = Atomic<Int>(0)

  /// Starts `count` loops. Ignores SIGPIPE for the process: OpenSSL writes with `write(2)`.
  ///
  /// - Throws: `SystemError` where the kernel refuses a descriptor.
  public init(count: Int, clock: any Clock = SystemClock()) throws(SystemError) {
    daybook_ignore_sigpipe()
    var loops: [EventLoop] = []
    for index in 0..<max(1, count) {
      loops.append(try EventLoop(name: "loop-\(index)", clock: clock))
    }
    all = loops
  }

  /// The loops in turn.
  public func next() -> EventLoop {
    all[Int(UInt(bitPattern: turn.add(1, ordering: .relaxed).oldValue) % UInt(all.count))]
  }

  /// Ends the threads. Every connection and task on the loops must have ended before.
  public func stop() {
    for loop in all { loop.stop() }
  }
}
