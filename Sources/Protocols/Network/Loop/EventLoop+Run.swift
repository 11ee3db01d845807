import CPlatform
import Platform
import Synchronization

extension EventLoop {
  /// At most this many readiness reports are taken from the kernel in one turn.
  static let reportsPerTurn = 256

  /// One turn after another: the work that waited at its start, then I/O, then timers.
  ///
  /// The work of a turn is a snapshot, so that a chatty connection cannot starve epoll.
  func run() {
    thread.store(daybook_thread_mark(), ordering: .relaxed)
    let reports = UnsafeMutablePointer<daybook_ready>.allocate(capacity: Self.reportsPerTurn)
    defer { reports.deallocate() }
    while true {
      takeInbox()
      runWork()
      if isStopping.load(ordering: .relaxed), upcoming.isEmpty { break }
      let count = daybook_epoll_wait(epoll, reports, Int32(Self.reportsPerTurn), patience)
      now = max(now, clock.sinceBoot())
      for index in 0..<Int(max(0, count)) {
        dispatch(reports[index])
      }
      fireTimers()
    }
  }

  private func dispatch(_ report: daybook_ready) {
    // A wake-up has done its work when it is reported: the next raise is another edge.
    guard report.token != WatchTable.wakeUpToken else { return }
    watched[report.token]?.becameReady(Readiness(rawValue: report.events))
  }

  private func takeInbox() {
    inbox.withLock { inbox in
      inbox.isArmed = false
      swap(&inbox.work, &received)
    }
    if !received.isEmpty {
      upcoming.append(contentsOf: received)
      received.removeAll(keepingCapacity: true)
    }
  }

  private func runWork() {
    swap(&current, &upcoming)
    let executor = asUnownedTaskExecutor()
    for index in current.indices {
      switch current[index] {
      case .job(let job): job.runSynchronously(on: executor)
      case .call(let call): call()
      }
    }
    current.removeAll(keepingCapacity: current.count <= 4_096)
  }

  /// Milliseconds epoll may wait: none while there is work, else until the next timer.
  private var patience: Int32 {
    guard upcoming.isEmpty else { return 0 }
    guard let next = wheel.next else { return -1 }
    let wait = next > now ? (next - now + 999_999) / 1_000_000 : 0
    return Int32(min(wait, 60_000))
  }

  private func fireTimers() {
    for handle in wheel.takeExpired(now: now) {
      guard let target = wheel.target(handle) else { continue }
      if let again = target.timeIsUp(now: now) {
        wheel.place(handle, due: again)
      } else {
        wheel.remove(handle)
      }
    }
  }
}
