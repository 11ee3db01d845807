import Delivery
import Events
import Platform
import State

/// Who goes next. Pure: it is told what is due, the time, and how jobs end.
///
/// A job that cannot go on is in nobody's way: jobs stand in lanes, one for each source domain and
/// destination, and only lanes with room on both sides are looked at. What one step costs grows with
/// the logarithm of what is queued. Finding a destination and connecting to it hold no worker's
/// place; a destination nobody has reached yet is sought by one job at a time.
public struct Scheduler: Sendable {
  /// A job that goes next, and why it and no other.
  public struct Start: Hashable, Sendable {
    public let job: SpoolJob
    public let turn: SpoolTurn
  }

  struct Recipient: Hashable, Sendable {
    let entry: Position
    let index: Int
  }

  private struct Errand: Hashable, Sendable {
    let entry: Position
    let destination: String
  }

  private struct LaneName: Hashable, Sendable {
    let domain: DomainID
    let destination: String
  }

  /// Every how manieth turn goes to the oldest.
  static let oldestEvery = 10

  public var bounds: Bounds
  var jobs: [Int: SpoolJob] = [:]
  /// The job that has a recipient.
  var known: [Recipient: Int] = [:]
  var destinations: [String: Destination] = [:]
  var domains: [DomainID: SourceDomain] = [:]
  var lanes: [Int: Lane] = [:]
  private var laneNames: [LaneName: Int] = [:]
  /// The job in line that still takes recipients of an entry to a destination.
  private var open: [Errand: Int] = [:]
  /// Domains with room and with lanes that may go on.
  private var byRank = RankedHeap<SpoolRank>()
  private var byAge = RankedHeap<SpoolRank>()
  private var numbers: [DomainID: Int] = [:]
  private var domainOfNumber: [Int: DomainID] = [:]
  /// Jobs that wait for a time, and destinations that sleep, by when it comes.
  var held = RankedHeap<Timestamp>()
  var sleepers: [String: Timestamp] = [:]
  /// No sleeper wakes before; nil where none sleeps.
  private var soonest: Timestamp?
  private var lastTidy = Timestamp.zero
  /// Destinations asleep with jobs in line.
  var drains: Set<String> = []
  var waiting = WaitingRoom()
  var reaching = 0
  var dialogues = 0
  private var turns = 0
  private var grants = 0
  private var lastNumber = 0
  /// Comparisons made: what scheduling has cost.
  public internal(set) var steps = 0

  public init(_ bounds: Bounds = Bounds()) { self.bounds = bounds }

  /// Jobs it knows, in whatever stage.
  public var count: Int { jobs.count }

  /// Takes in a recipient that is due. One that it knows gets the priority that it has now.
  public mutating func add(_ due: SpoolDue, to destination: String) {
    let recipient = Recipient(entry: due.entry, index: due.index)
    if let known = known[recipient] { return revise(known, due) }
    let errand = Errand(entry: due.entry, destination: destination)
    if let id = open[errand], let job = jobs[id], job.stage == .queued,
      job.isAdmitted == due.isAdmitted, job.recipients.count < SpoolJob.mostRecipients
    {
      jobs[id]?.recipients.append(due.index)
      known[recipient] = id
      return revise(id, due)
    }
    lastNumber += 1
    let job = SpoolJob(
      id: lastNumber, entry: due.entry, domain: due.domain, destination: destination,
      recipients: [due.index], isAdmitted: due.isAdmitted, priority: due.priority,
      isForced: due.isForced, due: due.due)
    jobs[job.id] = job
    known[recipient] = job.id
    open[errand] = job.id
    enqueue(job)
  }

  private mutating func revise(_ id: Int, _ due: SpoolDue) {
    guard let job = jobs[id], job.priority != due.priority || job.isForced != due.isForced,
      job.stage == .queued || (job.stage == .held && due.isForced)
    else { return }
    dequeue(job)
    held.remove(id, &steps)
    jobs[id]?.priority = due.priority
    jobs[id]?.isForced = due.isForced
    jobs[id]?.stage = .queued
    if let job = jobs[id] { enqueue(job) }
  }

  /// The job that goes next; nil where none can. It is under way from here on.
  public mutating func next() -> Start? {
    guard reaching < bounds.reaching, waiting.count < bounds.workers else { return nil }
    let isOldest = (turns + 1) % Self.oldestEvery == 0
    while let number = isOldest ? byAge.first : byRank.first,
      let domain = domainOfNumber[number], let lane = first(of: domain, isOldest)
    {
      guard let id = isOldest ? lanes[lane]?.byAge.first : lanes[lane]?.byRank.first,
        var job = jobs[id]
      else { return nil }
      guard destinations[job.destination]?.room(bounds) ?? 0 > 0 else {
        park(lane)
        continue
      }
      dequeue(job)
      job.stage = .reaching
      jobs[id] = job
      open[Errand(entry: job.entry, destination: job.destination)] = nil
      destinations[job.destination]?.engaged += 1
      reaching += 1
      turns += 1
      let turn: SpoolTurn =
        isOldest ? .oldest : job.isForced ? .forced : .priority(job.priority)
      return Start(job: job, turn: turn)
    }
    return nil
  }

  /// A job whose destination sleeps, and what the destination failed with: it is deferred without a
  /// connection. Nil where there is none.
  public mutating func nextPutOff() -> (job: SpoolJob, failure: RecipientOutcome)? {
    while let destination = drains.first {
      guard let found = destinations[destination], found.isAsleep, let failure = found.failure,
        let lane = found.lanes.first, let id = lanes[lane]?.byAge.first, var job = jobs[id]
      else {
        drains.remove(destination)
        continue
      }
      dequeue(job)
      job.stage = .puttingOff
      jobs[id] = job
      open[Errand(entry: job.entry, destination: destination)] = nil
      return (job, failure)
    }
    return nil
  }

  /// A session to the job's destination is open. Whether the job has a worker's place at once;
  /// else it gets one from `leave`.
  public mutating func reached(_ id: Int) -> Bool {
    guard let job = jobs[id], job.stage == .reaching else { return jobs[id]?.stage == .dialogue }
    reaching -= 1
    if destinations[job.destination]?.state != .open {
      destinations[job.destination]?.state = .open
      sleepers[job.destination] = nil
    }
    destinations[job.destination]?.failures = 0
    unpark(job.destination)
    domains[job.domain]?.engaged += 1
    if dialogues < bounds.workers, hasRoom(job.domain) {
      grant(id)
    } else {
      jobs[id]?.stage = .waiting
      waiting.enter(job, of: number(job.domain), hasRoom: hasRoom(job.domain), &steps)
    }
    refresh(job.domain)
    return jobs[id]?.stage == .dialogue
  }

  /// A job gives its worker's place back, or waits for one no longer. It seeks a place to go to
  /// again, until it ends. Returns the jobs that have a worker's place now.
  public mutating func leave(_ id: Int) -> [Int] {
    guard let job = jobs[id] else { return [] }
    switch job.stage {
    case .dialogue:
      dialogues -= 1
      domains[job.domain]?.dialogues -= 1
      waiting.refresh(number(job.domain), hasRoom: hasRoom(job.domain), &steps)
    case .waiting:
      waiting.leave(job, of: number(job.domain), hasRoom: hasRoom(job.domain), &steps)
    default: return []
    }
    domains[job.domain]?.engaged -= 1
    jobs[id]?.stage = .reaching
    reaching += 1
    refresh(job.domain)
    return grantNext()
  }

  private mutating func grantNext() -> [Int] {
    var granted: [Int] = []
    while dialogues < bounds.workers,
      let id = waiting.first(isOldest: (grants + 1) % Self.oldestEvery == 0), let job = jobs[id]
    {
      grant(id)
      waiting.leave(job, of: number(job.domain), hasRoom: hasRoom(job.domain), &steps)
      granted.append(id)
    }
    return granted
  }

  private mutating func grant(_ id: Int) {
    guard let job = jobs[id] else { return }
    jobs[id]?.stage = .dialogue
    dialogues += 1
    domains[job.domain]?.dialogues += 1
    grants += 1
  }

  /// Whether a domain may have one more dialogue.
  private func hasRoom(_ domain: DomainID) -> Bool {
    domains[domain]?.dialogues ?? 0 < bounds.perDomain
  }

  /// Gives the place at the destination back: what is left to do needs none.
  public mutating func close(_ id: Int) {
    guard let job = jobs[id] else { return }
    switch job.stage {
    case .reaching:
      reaching -= 1
      destinations[job.destination]?.engaged -= 1
    case .puttingOff: break
    default: return
    }
    jobs[id]?.stage = .closing
    unpark(job.destination)
  }

  /// Forgets a job that is closed; what is due of it later is told anew.
  public mutating func end(_ id: Int) {
    close(id)
    guard let job = jobs.removeValue(forKey: id) else { return }
    for index in job.recipients { known[Recipient(entry: job.entry, index: index)] = nil }
    tidy(job.destination)
  }

  /// Keeps recipients of a job that is under way back until a time; the job goes on with the others,
  /// where there are any.
  public mutating func hold(_ id: Int, _ recipients: [Int], until time: Timestamp) {
    guard var job = jobs[id] else { return }
    job.recipients.removeAll { recipients.contains($0) }
    jobs[id] = job
    lastNumber += 1
    var rest = SpoolJob(
      id: lastNumber, entry: job.entry, domain: job.domain, destination: job.destination,
      recipients: recipients, isAdmitted: job.isAdmitted, priority: job.priority, isForced: false,
      due: job.due)
    rest.stage = .held
    jobs[rest.id] = rest
    for index in recipients { known[Recipient(entry: job.entry, index: index)] = rest.id }
    held.set(rest.id, time, &steps)
    if job.recipients.isEmpty { end(id) }
  }

  /// The job's destination failed as a whole: it sleeps, and longer each time.
  public mutating func failed(_ id: Int, _ failure: RecipientOutcome, at now: Timestamp) {
    guard let name = jobs[id]?.destination, var destination = destinations[name],
      !destination.isAsleep
    else { return }
    destination.failures += 1
    destination.failure = failure
    let sleep = bounds.shortestSleep * Double(1 << min(destination.failures - 1, 10))
    let until = now + min(sleep, bounds.longestSleep)
    destination.state = .asleep(until: until)
    destinations[name] = destination
    sleepers[name] = until
    soonest = min(soonest ?? until, until)
    if !destination.lanes.isEmpty { drains.insert(name) }
  }

  /// Lets go what was held until now, and wakes destinations; for now and then.
  public mutating func wake(at now: Timestamp) {
    while let until = held.firstRank, until <= now, let id = held.first {
      held.remove(id, &steps)
      jobs[id]?.stage = .queued
      if let job = jobs[id] { enqueue(job) }
    }
    if let soonest, soonest <= now { wakeSleepers(at: now) }
    guard now < lastTidy || now.since(lastTidy) >= .milliseconds(100) else { return }
    lastTidy = now
    // A lane that was let go for a place which its domain could not use gives it to the next.
    for (name, destination) in destinations where !destination.parked.isEmpty { unpark(name) }
  }

  private mutating func wakeSleepers(at now: Timestamp) {
    for (name, until) in sleepers where until <= now {
      sleepers[name] = nil
      drains.remove(name)
      destinations[name]?.state = .unknown
      unpark(name)
      tidy(name)
    }
    soonest = sleepers.values.min()
  }
}

// MARK: lanes

extension Scheduler {
  private mutating func enqueue(_ job: SpoolJob) {
    let name = LaneName(domain: job.domain, destination: job.destination)
    let lane: Int
    if let found = laneNames[name] {
      lane = found
    } else {
      lastNumber += 1
      lane = lastNumber
      laneNames[name] = lane
      lanes[lane] = Lane(domain: job.domain, destination: job.destination)
      destinations[job.destination, default: Destination()].lanes.insert(lane)
    }
    lanes[lane]?.byRank.set(job.id, job.rank, &steps)
    lanes[lane]?.byAge.set(job.id, job.rank.byAge, &steps)
    if destinations[job.destination]?.isAsleep == true {
      if job.isForced {
        // Somebody wants to know: it is tried now.
        sleepers[job.destination] = nil
        destinations[job.destination]?.state = .unknown
        drains.remove(job.destination)
        unpark(job.destination)
      } else {
        drains.insert(job.destination)
      }
    }
    place(lane)
  }

  private mutating func dequeue(_ job: SpoolJob) {
    let name = LaneName(domain: job.domain, destination: job.destination)
    guard let lane = laneNames[name] else { return }
    lanes[lane]?.byRank.remove(job.id, &steps)
    lanes[lane]?.byAge.remove(job.id, &steps)
    if lanes[lane]?.byRank.isEmpty == true {
      take(lane)
      lanes[lane] = nil
      laneNames[name] = nil
      destinations[job.destination]?.lanes.remove(lane)
    } else {
      place(lane)
    }
  }

  /// Puts a lane where its first job belongs.
  private mutating func place(_ id: Int) {
    guard let lane = lanes[id], let rank = lane.byRank.firstRank, let age = lane.byAge.firstRank
    else { return }
    if lane.isParked {
      destinations[lane.destination]?.parked.set(id, rank, &steps)
    } else {
      domains[lane.domain, default: SourceDomain()].byRank.set(id, rank, &steps)
      domains[lane.domain]?.byAge.set(id, age, &steps)
      refresh(lane.domain)
    }
  }

  /// Takes a lane out, wherever it stands.
  private mutating func take(_ id: Int) {
    guard let lane = lanes[id] else { return }
    destinations[lane.destination]?.parked.remove(id, &steps)
    domains[lane.domain]?.byRank.remove(id, &steps)
    domains[lane.domain]?.byAge.remove(id, &steps)
    refresh(lane.domain)
  }

  private mutating func park(_ id: Int) {
    take(id)
    lanes[id]?.isParked = true
    place(id)
  }

  /// Lets lanes go on for as many places as a destination has free; those whose domain has none are
  /// let go too, and do not count.
  private mutating func unpark(_ name: String) {
    var room = destinations[name]?.room(bounds) ?? 0
    while room > 0, let id = destinations[name]?.parked.first, let lane = lanes[id] {
      destinations[name]?.parked.remove(id, &steps)
      lanes[id]?.isParked = false
      place(id)
      if domains[lane.domain]?.engaged ?? 0 < bounds.perDomain { room -= 1 }
    }
  }

  private func first(of domain: DomainID, _ isOldest: Bool) -> Int? {
    isOldest ? domains[domain]?.byAge.first : domains[domain]?.byRank.first
  }

  /// Puts a domain where its first lane belongs, if it has room and lanes.
  private mutating func refresh(_ domain: DomainID) {
    let number = number(domain)
    guard let found = domains[domain], found.engaged < bounds.perDomain,
      let rank = found.byRank.firstRank, let age = found.byAge.firstRank
    else {
      byRank.remove(number, &steps)
      byAge.remove(number, &steps)
      return
    }
    byRank.set(number, rank, &steps)
    byAge.set(number, age, &steps)
  }

  /// A domain as the heaps know it.
  private mutating func number(_ domain: DomainID) -> Int {
    if let known = numbers[domain] { return known }
    let number = numbers.count
    numbers[domain] = number
    domainOfNumber[number] = domain
    return number
  }

  /// Forgets a destination that nothing is known or wanted of.
  private mutating func tidy(_ name: String) {
    guard let destination = destinations[name], destination.lanes.isEmpty,
      destination.engaged == 0, !destination.isAsleep
    else { return }
    if destination.state == .open, destinations.count < Self.mostRemembered { return }
    if destination.state == .unknown, destination.failures > 0,
      destinations.count < Self.mostRemembered
    {
      return
    }
    destinations[name] = nil
  }

  /// Destinations without jobs that are remembered, at most about so many.
  private static let mostRemembered = 50_000
}

// MARK: questions

extension Scheduler {
  func isAsleep(_ destination: String) -> Bool { destinations[destination]?.isAsleep ?? false }

  /// Jobs in line for a destination.
  func depth(of destination: String) -> Int {
    destinations[destination]?.lanes.reduce(0) { $0 + (lanes[$1]?.byRank.count ?? 0) } ?? 0
  }
}
