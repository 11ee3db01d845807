import CPlatform
import Glibc
import Platform

/// One question on its way: the attempts, the aliases, and who waits for the answer.
///
/// Each attempt has a socket of its own, connected to one server, on a port that the kernel picks
/// at random, and a random id. What does not fit id and question is passed over (RFC 5452 §9.1);
/// where much of it comes, somebody guesses, and the question is put by TCP.
final class ResolverFlight: Watched, TimerTarget, @unchecked Sendable {
  /// Wrong messages that one attempt hears before it turns to TCP.
  private static let mostStrays = 16

  let question: DNSQuestion
  var waiters: [ResolverWaiter] = []
  /// Whether it has one of the places in the air; since when, and between whom. `ResolverSky`'s.
  var isAirborne = false
  var launched: UInt64 = 0
  var older: ResolverFlight?
  var newer: ResolverFlight?
  private(set) var resolver: Resolver?

  private var asked: DNSQuestion
  private var aliases = 0
  private var aliasTime = UInt32.max
  /// The server of the first attempt.
  private let first: Int
  private var id: UInt16 = 0
  private var attempt = 0
  private var strays = 0
  private var isExtended = true
  private var descriptor: Int32 = -1
  private var token: UInt64?
  private var timer: TimerHandle?
  private var stream: Task<Void, Never>?

  init(_ question: DNSQuestion, resolver: Resolver) {
    self.question = question
    self.resolver = resolver
    asked = question
    first = resolver.preferred
  }

  deinit { if descriptor >= 0 { _ = daybook_close(descriptor) } }

  private var server: Int {
    guard let resolver else { return 0 }
    return (first + attempt) % resolver.settings.servers.count
  }

  /// Puts the question to a server by datagram. On the loop. False where descriptors are out, and
  /// it stands in line again.
  @discardableResult
  func ask() -> Bool {
    guard let resolver else { return true }
    strays = 0
    id = UInt16(truncatingIfNeeded: resolver.entropy.uint64())
    guard let query = DNSMessage.query(asked, id: id, extended: isExtended) else {
      finish(.failure(.nameNotFound))
      return true
    }
    let opened = open(resolver)
    if opened == -EMFILE || opened == -ENFILE {
      clearTimer()
      if resolver.stepBack(self) { return false }
      finish(.failure(.busy))
      return true
    }
    let sent =
      opened < 0
      ? Int(opened)
      : query.withUnsafeBytes { bytes in
        daybook_send(descriptor, bytes.baseAddress, bytes.count)
      }
    // A server that cannot be reached now is treated like one that does not answer.
    let wait = sent < 0 ? .milliseconds(50) : resolver.settings.patience[attempt]
    setTimer(resolver.loop, after: wait)
    return true
  }

  private func open(_ resolver: Resolver) -> Int32 {
    close()
    guard var end = resolver.settings.servers[server].endpoint else { return -EINVAL }
    let opened = daybook_connect_datagram(&end)
    guard opened >= 0 else { return opened }
    let token = resolver.loop.watched.add(self)
    let watched = daybook_epoll_watch(resolver.loop.epoll, opened, token)
    guard watched >= 0 else {
      resolver.loop.watched.remove(token)
      _ = daybook_close(opened)
      return watched
    }
    descriptor = opened
    self.token = token
    return 0
  }

  private func setTimer(_ loop: EventLoop, after time: Duration) {
    let due = loop.deadline(after: time)
    if let timer {
      loop.wheel.place(timer, due: due)
    } else {
      timer = loop.wheel.add(self, due: due)
    }
  }

  private func clearTimer() {
    if let timer { resolver?.loop.wheel.remove(timer) }
    timer = nil
  }

  private func close() {
    if let token { resolver?.loop.watched.remove(token) }
    token = nil
    if descriptor >= 0 { _ = daybook_close(descriptor) }
    descriptor = -1
  }

  func becameReady(_ readiness: Readiness) {
    while descriptor >= 0 {
      let reading = withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) {
        room -> DNSMessage.Reading? in
        let count = daybook_receive(descriptor, room.baseAddress, room.count)
        guard count >= 0 else {
          return count == -Int(EAGAIN) ? nil : .failed(.timedOut)
        }
        return DNSMessage.read(UnsafeRawBufferPointer(rebasing: room[..<count]), for: asked, id: id)
      }
      guard let reading else { return }
      hear(reading)
    }
  }

  func timeIsUp(now: UInt64) -> UInt64? {
    // The loop removes this timer; the next attempt gets its own.
    timer = nil
    attemptFailed(.timedOut)
    return nil
  }

  /// Goes on from what a server said, by datagram or by TCP.
  private func hear(_ reading: DNSMessage.Reading, byStream: Bool = false) {
    switch reading {
    case .stray:
      strays += 1
      if byStream { attemptFailed(.malformed) } else if strays >= Self.mostStrays { turnToStream() }
    case .truncated:
      if byStream { attemptFailed(.malformed) } else { turnToStream() }
    case .answer(let answer):
      let time = min(answer.timeToLive, aliasTime)
      finish(
        .success(
          DNSAnswer(
            answer.records, at: answer.name, timeToLive: time, isAuthentic: answer.isAuthentic)),
        seconds: time)
    case .negative(let failure, let time):
      finish(.failure(failure), seconds: min(time ?? 0, aliasTime))
    case .elsewhere(let name, let time, let more):
      follow(name, timeToLive: time, aliases: more)
    case .refused(let code):
      // A server from before EDNS says FORMERR or NOTIMP. RFC 6891 §7
      if isExtended, code == 1 || code == 4 {
        isExtended = false
        ask()
        return
      }
      attemptFailed(.serverFailure(code: code))
    case .failed(let failure): attemptFailed(failure)
    }
  }

  private func follow(_ name: DNSName, timeToLive: UInt32, aliases more: Int) {
    aliases += more
    aliasTime = min(aliasTime, timeToLive)
    guard aliases <= DNSMessage.mostAliases else { return attemptFailed(.aliasLoop) }
    guard name.isHostName else { return finish(.failure(.noData), seconds: aliasTime) }
    asked = DNSQuestion(name, question.type)
    ask()
  }

  /// Turns to the next attempt; gives up after the last.
  private func attemptFailed(_ failure: DNSFailure) {
    close()
    stream?.cancel()
    stream = nil
    guard let resolver else { return }
    if failure == .timedOut { resolver.passOver(server) }
    attempt += 1
    guard failure != .aliasLoop, attempt < resolver.settings.patience.count else {
      return finish(.failure(failure), seconds: resolver.settings.failureTime)
    }
    isExtended = true
    ask()
  }

  /// Puts the question to the same server by TCP. RFC 7766 §5
  private func turnToStream() {
    close()
    guard let resolver, let query = DNSMessage.query(asked, id: id, extended: isExtended) else {
      return
    }
    let loop = resolver.loop
    let patience = resolver.settings.streamPatience
    setTimer(loop, after: patience)
    let address = resolver.settings.servers[server]
    let round = id
    stream = Task(executorPreference: loop) { [self] in
      let message = await exchangeByStream(query, with: address, on: loop, within: patience)
      guard !Task.isCancelled, round == id, self.resolver != nil else { return }
      stream = nil
      guard let message else { return attemptFailed(.timedOut) }
      let reading = message.withUnsafeBytes { DNSMessage.read($0, for: asked, id: id) }
      hear(reading, byStream: true)
    }
  }

  /// Ends the question: everyone who waits hears `outcome`, which holds for `seconds`.
  func finish(_ outcome: Result<DNSAnswer, DNSFailure>, seconds: UInt32 = 0) {
    guard let resolver else { return }
    close()
    clearTimer()
    stream?.cancel()
    stream = nil
    self.resolver = nil
    resolver.land(self, outcome, seconds: seconds)
    for waiter in waiters { waiter.hear(outcome) }
    waiters = []
  }
}

/// Asks by TCP: the message behind its length. Nil where the server does not answer so.
private func exchangeByStream(
  _ query: [UInt8], with server: SocketAddress, on loop: EventLoop, within time: Duration
) async -> [UInt8]? {
  do {
    let connection = try await Connection.connect(to: server, on: loop, within: time)
    return try await connection.whileOpen {
      connection.write([UInt8(query.count >> 8), UInt8(query.count & 0xff)] + query)
      let length = try await connection.readExactly(2, within: time)
      return try await connection.readExactly(
        Int(length[0]) << 8 | Int(length[1]), within: time)
    }
  } catch {
    return nil
  }
}
