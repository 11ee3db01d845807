import Network
import Platform
import Synchronization

/// Sessions that wait for another message to the same place, on one loop.
///
/// Bounded by number, by idle time and by uses; who has waited longest goes first when it is full.
public final class SessionPool: Sendable {
  /// What a pool keeps.
  public struct Limits: Hashable, Sendable {
    /// Idle sessions in all, and to one place.
    public var total = 100
    public var perEndpoint = 10
    /// How long one waits: servers tell time out after five minutes, and some after one.
    public var idle = Duration.seconds(20)
    /// Transactions on one session.
    public var transactions = 100

    public init() {}
  }

  private struct Key: Hashable {
    let endpoint: SocketAddress
    let host: String
    let terms: OutboundTerms

    init(_ endpoint: Endpoint, _ terms: OutboundTerms) {
      self.endpoint = endpoint.address
      host = endpoint.host
      var terms = terms
      // How long is waited for the next answer does not matter to the session.
      terms.times = OutboundTimes()
      self.terms = terms
    }
  }

  private struct Parked: Sendable {
    let session: OutboundSession
    /// On the loop's clock.
    let until: UInt64
  }

  private struct Shelf: Sendable {
    var parked: [Key: [Parked]] = [:]
    var count = 0
    /// Looks after the idle ones; nil while there is none.
    var sweeper: Task<Void, Never>?
    var isClosed = false
  }

  public let limits: Limits
  private let loop: EventLoop
  private let shelf = Mutex(Shelf())

  public init(on loop: EventLoop, _ limits: Limits = Limits()) {
    self.loop = loop
    self.limits = limits
  }

  /// Idle sessions.
  public var count: Int { shelf.withLock { $0.count } }

  /// A session that waits at `endpoint` and whose server has kept still; the one used last.
  func take(_ endpoint: Endpoint, _ terms: OutboundTerms) -> OutboundSession? {
    let key = Key(endpoint, terms)
    while true {
      let found: OutboundSession? = shelf.withLock { shelf in
        guard let parked = shelf.parked[key]?.popLast() else { return nil }
        if shelf.parked[key]?.isEmpty == true { shelf.parked[key] = nil }
        shelf.count -= 1
        return parked.session
      }
      guard let found else { return nil }
      if found.isQuiet() { return found }
      found.close()
    }
  }

  /// Keeps a session for the next message to `endpoint`, or takes leave of it. On the loop.
  func park(_ session: OutboundSession, _ terms: OutboundTerms) {
    let key = Key(session.endpoint, terms)
    let parked = Parked(session: session, until: loop.deadline(after: limits.idle))
    let isKept = shelf.withLock { shelf in
      let isFull =
        shelf.count >= limits.total || shelf.parked[key]?.count ?? 0 >= limits.perEndpoint
      guard !isFull, !shelf.isClosed, session.transactions < limits.transactions else {
        return false
      }
      shelf.parked[key, default: []].append(parked)
      shelf.count += 1
      if shelf.sweeper == nil { shelf.sweeper = sweep() }
      return true
    }
    if !isKept { leave([session]) }
  }

  /// Takes leave of all sessions, and of those that come later.
  public func close() {
    let all = shelf.withLock { shelf in
      defer {
        shelf.parked = [:]
        shelf.count = 0
        shelf.isClosed = true
        shelf.sweeper?.cancel()
      }
      return shelf.parked.values.flatMap { $0 }.map(\.session)
    }
    for session in all { session.close() }
  }

  private func leave(_ sessions: [OutboundSession]) {
    for session in sessions {
      Task(executorPreference: loop) { await session.quit() }
    }
  }

  /// Looks after the idle ones until none is left.
  private func sweep() -> Task<Void, Never> {
    Task(executorPreference: loop) { [self] in
      while !Task.isCancelled {
        await loop.sleep(for: .seconds(1))
        let (late, isOver) = takeLate(now: loop.now)
        leave(late)
        if isOver { return }
      }
    }
  }

  private func takeLate(now: UInt64) -> (late: [OutboundSession], isOver: Bool) {
    shelf.withLock { shelf in
      var late: [OutboundSession] = []
      for (key, parked) in shelf.parked {
        let stays = parked.filter { $0.until > now }
        guard stays.count < parked.count else { continue }
        late += parked.filter { $0.until <= now }.map(\.session)
        shelf.parked[key] = stays.isEmpty ? nil : stays
      }
      shelf.count -= late.count
      if shelf.count == 0 { shelf.sweeper = nil }
      return (late, shelf.count == 0)
    }
  }
}
