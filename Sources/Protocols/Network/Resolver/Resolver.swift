import Platform

/// Asks recursive DNS servers, many questions at once, on one event loop.
///
/// No question holds a thread: each in the air is a small object, a socket and a timer. Equal
/// questions are asked once. When all places are taken, questions wait in line, and the one that
/// has waited longest for its answer gives way, if that is longer than `courtesy`: names whose
/// servers are dead cannot keep the living from being asked.
public final class Resolver: TimerTarget, @unchecked Sendable {
  // Safe to share: what changes is touched on the loop's thread only.
  public let loop: EventLoop
  public let settings: ResolverSettings
  let entropy: any Entropy

  private var cache: DNSCache
  private var flights: [DNSQuestion: ResolverFlight] = [:]
  private var line = ResolverLine()
  private var airborne = ResolverSky()
  private var timer: TimerHandle?
  private var isStopped = false
  /// The server that is asked first: the last one that has not failed to answer.
  private(set) var preferred = 0

  public init(
    _ settings: ResolverSettings, on loop: EventLoop, entropy: any Entropy = SystemEntropy()
  ) {
    precondition(!settings.servers.isEmpty && !settings.patience.isEmpty, "someone is asked")
    self.settings = settings
    self.loop = loop
    self.entropy = entropy
    cache = DNSCache(limit: settings.cached)
  }

  /// The records that answer `question`, from memory where it is known. From any task.
  public func answer(to question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
    if loop.isCurrent, let known = cache.find(question, now: loop.now) { return try known.get() }
    return try await ask(question).get()
  }

  /// Ends all questions, those that are asked later too. Before the loop stops; from any thread.
  public func stop() {
    loop.submit { [self] in
      isStopped = true
      line = ResolverLine()
      if let timer { loop.wheel.remove(timer) }
      timer = nil
      for flight in Array(flights.values) { flight.finish(.failure(.cancelled)) }
    }
  }

  /// Questions in the air and in line. On the loop.
  public var outstanding: Int { flights.count }

  @inline(never) private func ask(
    _ question: DNSQuestion
  ) async -> Result<DNSAnswer, DNSFailure> {
    let waiter = ResolverWaiter()
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if loop.isCurrent { return enter(question, waiter, continuation) }
        loop.submit { [self] in enter(question, waiter, continuation) }
      }
    } onCancel: {
      loop.submit { waiter.hear(.failure(.cancelled)) }
    }
  }

  private func enter(
    _ question: DNSQuestion, _ waiter: ResolverWaiter,
    _ continuation: ResolverWaiter.Continuation
  ) {
    guard waiter.begin(continuation) else { return }
    if isStopped { return waiter.hear(.failure(.cancelled)) }
    if let known = cache.find(question, now: loop.now) { return waiter.hear(known) }
    if let flight = flights[question] { return flight.waiters.append(waiter) }
    guard line.count < settings.waiting else { return waiter.hear(.failure(.busy)) }
    let flight = ResolverFlight(question, resolver: self)
    flight.waiters.append(waiter)
    flights[question] = flight
    line.append(flight)
    launch()
  }

  /// Sends off who stands in line, as long as there is a place or one gives way.
  private func launch() {
    while !line.isEmpty {
      if airborne.count >= settings.outstanding, !giveWay() { return }
      guard let flight = line.next() else { return }
      airborne.add(flight, at: loop.now)
      guard flight.ask() else { return }
    }
  }

  /// Ends the question that is longest in the air; false where it is not there long enough, and
  /// will be looked at again.
  private func giveWay() -> Bool {
    guard let oldest = airborne.oldest else { return true }
    let due = oldest.launched + settings.courtesy.wholeNanoseconds
    if due <= loop.now {
      oldest.finish(.failure(.busy))
      return true
    }
    if timer == nil { timer = loop.wheel.add(self, due: due) }
    return false
  }

  func timeIsUp(now: UInt64) -> UInt64? {
    timer = nil
    launch()
    return nil
  }

  /// Puts a question back into line because descriptors are out; false where nobody would ever
  /// give one back.
  func stepBack(_ flight: ResolverFlight) -> Bool {
    guard airborne.count > 1 else { return false }
    airborne.remove(flight)
    line.append(flight)
    return true
  }

  /// Takes a question off the list, remembers what came of it, and sends off the next.
  func land(_ flight: ResolverFlight, _ outcome: Result<DNSAnswer, DNSFailure>, seconds: UInt32) {
    flights[flight.question] = nil
    cache.keep(outcome, for: flight.question, seconds: seconds, now: loop.now)
    airborne.remove(flight)
    if !line.isEmpty { loop.submit { [self] in launch() } }
  }

  /// Asks another server first from now on.
  func passOver(_ server: Int) {
    if server == preferred { preferred = (preferred + 1) % settings.servers.count }
  }
}
