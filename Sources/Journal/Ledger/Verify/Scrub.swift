import Events
import Platform
import Synchronization

/// Verifies the open journal again and again in the background, at a bounded rate.
///
/// What it finds goes to the log and to `onFinding`; the server goes on.
public final class Scrub: Sendable {
  /// How it runs.
  public struct Options: Sendable {
    /// Bytes of records read in a second: 4 MiB.
    public var bytesPerSecond = 4 << 20
    /// The time between two passes.
    public var pause: Duration = .seconds(86_400)

    public init() {}
  }

  private struct Watch: Sendable {
    var isStopped = false
    var report = VerificationReport()
    /// Passes that went through to the head.
    var passes = 0
  }

  private let journal: Journal
  private let options: Options
  private let onFinding: @Sendable (VerificationFinding) -> Void
  private let watch = Monitor(Watch())
  private let thread = Mutex<ThreadHandle?>(nil)

  /// Starts scrubbing.
  public init(
    _ journal: Journal, options: Options = Options(),
    onFinding: @escaping @Sendable (VerificationFinding) -> Void = { _ in }
  ) {
    self.journal = journal
    self.options = options
    self.onFinding = onFinding
    let handle = startThread(name: "scrub") { [self] in work() }
    thread.withLock { $0 = handle }
  }

  /// What the current or last pass has found so far.
  public var report: VerificationReport { watch.withLock { $0.report } }

  /// How many passes went through.
  public var passes: Int { watch.withLock { $0.passes } }

  /// Stops and waits for the thread. Blocks; not for tasks.
  public func stop() {
    watch.withLock { $0.isStopped = true }
    watch.broadcast()
    thread.withLock { handle in
      handle?.join()
      handle = nil
    }
  }

  private func work() {
    while pass(), sleep(options.pause) {}
  }

  /// One way through the journal; false where it was stopped.
  private func pass() -> Bool {
    watch.withLock { $0.report = VerificationReport() }
    var pacing = Verifier.Options()
    pacing.pace = { [self] bytes in
      sleep(.nanoseconds(Int64(bytes) * 1_000_000_000 / Int64(max(1, options.bytesPerSecond))))
    }
    do {
      try Verifier(data: journal.directory.path, options: pacing).run(journal.epochs) { [self] in
        tell($0)
      }
    } catch let LedgerError.damaged(position, what) {
      tell(.finding(VerificationFinding(position: position, what: what)))
    } catch {
      tell(.finding(VerificationFinding(position: nil, what: "\(error)")))
    }
    return watch.withLock { watch in
      if watch.report.root != nil { watch.passes += 1 }
      return !watch.isStopped
    }
  }

  private func tell(_ line: VerificationLine) {
    watch.withLock { $0.report.hear(line) }
    guard case .finding(let finding) = line else { return }
    journal.surroundings.diagnostics.log(
      .error, "journal_damaged",
      [("position", finding.position?.description ?? "-"), ("what", finding.what)])
    onFinding(finding)
  }

  /// False where it was stopped meanwhile.
  private func sleep(_ time: Duration) -> Bool {
    watch.wait(atMost: time) { $0.isStopped ? true : nil } == nil
  }
}
