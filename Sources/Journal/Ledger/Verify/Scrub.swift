import Events
import Platform
import Synchronization

/// Verifies the open journal and the bodies again and again in the background, at a bounded rate.
///
/// What it finds goes to the log, and is kept for whoever asks; the server goes on.
public final class Scrub: Sendable {
  /// How it runs.
  public struct Options: Sendable {
    /// Bytes of records and bodies read in a second; asked for again and again, at least 1.
    public var bytesPerSecond: @Sendable () -> Int = { 4 << 20 }
    /// The time between two passes.
    public var pause: @Sendable () -> Duration = { .seconds(86_400) }
    /// Whether a body that is not there is still held, by the position of the event that brought it.
    public var isHeld: (@Sendable (Position, ContentID) throws -> Bool)?

    public init() {}
  }

  struct Watch: Sendable {
    var isStopped = false
    /// Of the current pass, and of the one before it.
    var report = VerificationReport()
    var last = VerificationReport()
    /// Passes that went through to the head.
    var passes = 0
  }

  private let journal: Journal
  private let options: Options
  let watch = Monitor(Watch())
  private let thread = Mutex<ThreadHandle?>(nil)

  /// Starts scrubbing.
  public init(_ journal: Journal, options: Options = Options()) {
    self.journal = journal
    self.options = options
    let handle = startThread(name: "scrub") { [self] in work() }
    thread.withLock { $0 = handle }
  }

  /// How far the scrub is.
  public struct Progress: Hashable, Sendable {
    /// Passes that went through to the head.
    public let passes: Int
    /// Up to where the current or last pass has read.
    public let checked: Position
    /// How many findings the current pass has made, or the last where that made more.
    public let findings: Int
    /// The one with the least position.
    public let firstBad: VerificationFinding?
  }

  public var progress: Progress {
    watch.withLock { watch in
      let worst = watch.report.findingCount >= watch.last.findingCount ? watch.report : watch.last
      return Progress(
        passes: watch.passes, checked: watch.report.checked, findings: worst.findingCount,
        firstBad: worst.firstBad)
    }
  }

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
    while pass(), sleep(options.pause()) {}
  }

  /// One way through the journal; false where it was stopped.
  private func pass() -> Bool {
    watch.withLock { watch in
      watch.last = watch.report
      watch.report = VerificationReport()
    }
    var pacing = Verifier.Options()
    pacing.contents = journal.content
    pacing.keyring = journal.keyring
    pacing.isHeld = options.isHeld
    pacing.pace = { [self] bytes in
      sleep(.nanoseconds(Int64(bytes) * 1_000_000_000 / Int64(max(1, options.bytesPerSecond()))))
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
    watch.broadcast()
    guard case .finding(let finding) = line else { return }
    journal.surroundings.diagnostics.log(
      .error, "journal_damaged",
      [("position", finding.position?.description ?? "-"), ("what", finding.what)])
  }

  /// False where it was stopped meanwhile.
  private func sleep(_ time: Duration) -> Bool {
    watch.wait(atMost: time) { $0.isStopped ? true : nil } == nil
  }
}
