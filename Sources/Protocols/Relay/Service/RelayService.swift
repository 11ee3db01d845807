import Delivery
import Events
import Ledger
import Network
import Platform
import State
import Synchronization

/// Brings what waits in the spool to where it belongs. SPEC §5
///
/// What is due is read from State in pages and given to the scheduler; each job it hands out is a task
/// of its own on one of the loops. State is the truth and the scheduler a copy: what is lost of it,
/// with the process or by an error, is read again.
public final class RelayService: Sendable {
  /// Rows read at a time.
  static let page = 500
  /// Jobs in memory above which no more of a destination's line is read.
  private static let mostJobs = 250_000
  private static let mostOfLine = 1_000
  /// How often everything that is due is looked through anew, should anything have been missed.
  private static let lookThrough: Int64 = 60
  /// Deferrals without an attempt that are journaled at once.
  private static let putOffAtOnce = 256

  private struct Contents {
    var settings = RelaySettings()
    var stations: [Station] = []
    /// What was read last of what is due; nil to begin anew.
    var cursor: SpoolDue.Key?
    var lookedThrough = Timestamp.zero
    var lastLook = Timestamp.zero
    /// Whether rows were passed over because there are too many.
    var hasSkipped = false
    var turns = 0
    var putOffs = 0
  }

  let node: Node
  let desk = RelayDesk()
  let admissions: Admissions
  let hostName: @Sendable () -> String
  private let loops: [EventLoop]
  private let bell: Bell
  private let contents = Mutex(Contents())
  private let main = Mutex<Task<Void, Never>?>(nil)

  public init(_ node: Node, loops: [EventLoop], hostName: @escaping @Sendable () -> String) {
    self.node = node
    self.loops = loops
    self.hostName = hostName
    bell = Bell(on: loops[0])
    admissions = Admissions(node, on: loops[0])
  }

  /// Settles what was under way when the server ended, then begins.
  ///
  /// - Throws: `StoreError`.
  public func start() async throws {
    try refresh()
    try await settleDoubts()
    main.withLock { $0 = Task(executorPreference: loops[0]) { await self.run() } }
  }

  /// Gives nothing out any more, lets dialogues end within the grace time, and ends the rest; what
  /// was not ended is attempted again after the next start.
  public func stop(grace: Duration) async {
    desk.close()
    bell.ring()
    await main.withLock { $0 }?.value
    desk.cancel(all: false)
    await Task(executorPreference: loops[0]) { [self, loop = loops[0]] in
      let end = loop.deadline(after: grace)
      while !desk.isIdle, loop.now < end { await loop.sleep(for: .milliseconds(20)) }
      desk.cancel(all: true)
      while !desk.isIdle { await loop.sleep(for: .milliseconds(20)) }
    }.value
    for station in contents.withLock({ $0.stations }) { station.close() }
  }

  var settings: RelaySettings { contents.withLock { $0.settings } }

  /// The loop and the means of a destination: always the same, so that its sessions are found.
  func station(of destination: String) -> (EventLoop, Station) {
    let index = Int(UInt(bitPattern: destination.hashValue) % UInt(loops.count))
    return (loops[index], contents.withLock { $0.stations[index] })
  }

  // MARK: the round

  private func run() async {
    let bell = bell
    let arrivals = node.changes.subscribe(.spool) { bell.ring() }
    let changes = node.changes.subscribe(.spoolOrder) { bell.ring() }
    let settings = node.changes.subscribe(.settings) { bell.ring() }
    while !desk.isClosing {
      _ = arrivals.take()
      let isReordered = changes.take() != nil
      do {
        if settings.take() != nil { try refresh() }
        let now = node.clock.now()
        desk.schedule { $0.wake(at: now) }
        try await look(at: now, anew: isReordered)
      } catch {
        node.diagnostics.log(.error, "spool_unread", [("error", "\(error)")])
      }
      pump()
      await bell.wait(atMost: pause())
    }
    arrivals.cancel()
    changes.cancel()
    settings.cancel()
  }

  /// How long nothing has to be done unless the bell rings.
  private func pause() -> Duration {
    let isBusy = desk.schedule { $0.count > 0 || !$0.sleepers.isEmpty }
    guard !isBusy else { return .milliseconds(500) }
    do {
      let now = node.clock.now()
      guard let due = try node.state.read({ try $0.nextSpoolDue() }) else { return .seconds(60) }
      return max(.milliseconds(20), min(due.since(now), .seconds(60)))
    } catch {
      return .seconds(1)
    }
  }

  /// Takes the settings over as they are now.
  private func refresh() throws {
    let settings = try node.state.read { try RelaySettings($0) }
    let old = contents.withLock { $0.settings }
    let isFirst = contents.withLock { $0.stations.isEmpty }
    guard isFirst || settings != old else { return }
    var stations = contents.withLock { $0.stations }
    if isFirst || settings.resolver != old.resolver || settings.floor != old.floor {
      for station in stations { station.close() }
      stations = try loops.map { try Station(node, $0, settings) }
    }
    contents.withLock { contents in
      contents.settings = settings
      contents.stations = stations
      // Destinations may have other names now.
      contents.cursor = nil
    }
    desk.schedule { $0.bounds = settings.bounds }
  }

  /// Gives the scheduler what has become due since the last look; `anew` everything that is due.
  private func look(at now: Timestamp, anew: Bool) async throws {
    contents.withLock { contents in
      let isOld = now.seconds - contents.lookedThrough.seconds >= Self.lookThrough
      let hasRoom = contents.hasSkipped && desk.schedule { $0.count } < Self.mostJobs / 2
      // A clock that was set back puts what comes before what was read.
      guard anew || isOld || hasRoom || now < contents.lastLook || contents.cursor == nil else {
        contents.lastLook = now
        return
      }
      contents.cursor = nil
      contents.lookedThrough = now
      contents.lastLook = now
      contents.hasSkipped = false
    }
    while !desk.isClosing {
      let cursor = contents.withLock { $0.cursor }
      let found = try node.state.read { view in
        try view.spoolDue(through: now, after: cursor, limit: Self.page).map {
          ($0, try view.isHere($0.destination))
        }
      }
      for (due, isHere) in found { take(due, isHere: isHere) }
      guard let last = found.last else { break }
      contents.withLock { $0.cursor = last.0.key }
      pump()
      if found.count < Self.page { break }
      // Others on the loop get their turn.
      await Task.yield()
    }
  }

  private func take(_ due: SpoolDue, isHere: Bool) {
    let (settings, turn) = contents.withLock { contents in
      contents.turns += 1
      return (contents.settings, contents.turns)
    }
    let domain = String(decoding: due.destination, as: UTF8.self)
    let isSkipped = desk.schedule { scheduler in
      let destination =
        isHere
        ? Self.here
        : settings.table.destination(of: domain, priority: due.priority, turn: turn) {
          scheduler.isAsleep($0)
        }
      if scheduler.count >= Self.mostJobs, scheduler.depth(of: destination) >= Self.mostOfLine {
        return true
      }
      scheduler.add(due, to: destination)
      return false
    }
    if isSkipped { contents.withLock { $0.hasSkipped = true } }
  }

  /// The name of the destination of mail for users of this server.
  static let here = "here:"

  /// Gives out what can go now.
  func pump() {
    while let start = desk.next() {
      let (loop, station) = station(of: start.job.destination)
      let delivery = SpoolDelivery(self, start, station)
      spawn(start.job, on: loop) { await delivery.run() }
    }
    while contents.withLock({ $0.putOffs < Self.putOffAtOnce }),
      let (job, failure) = desk.nextPutOff()
    {
      contents.withLock { $0.putOffs += 1 }
      spawn(job, on: loops[0]) { [self] in
        await putOff(job, failure)
        contents.withLock { $0.putOffs -= 1 }
      }
    }
  }

  private func spawn(
    _ job: SpoolJob, on loop: EventLoop, _ work: @escaping @Sendable () async -> Void
  ) {
    let task = Task(executorPreference: loop) { [self] in
      await work()
      desk.over(job.id)
      pump()
    }
    desk.note(job.id, task)
  }
}

extension StateView {
  /// Whether mail to a domain is for users of this server.
  fileprivate func isHere(_ destination: [UInt8]) throws -> Bool {
    try domain(named: String(decoding: destination, as: UTF8.self)) != nil
  }
}
