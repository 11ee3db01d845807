import Network
import Platform
import Synchronization

/// Sessions that wait for another message to the same place, on one loop.
///
/// Bounded by number, by idle time and by uses; who has waited longest goes first when it is full.
public final class SessionPool: Sendable {
  /// What a pool keeps.
  public struct Limits: Hashable, Sendable {
    /// Idle sessions in all, and to one address, whatever names it has: a server has so many
    /// places, and other senders want some.
    public var total = 500
    public var perAddress = 20
    /// How long one waits: not so long that who is short of places misses it.
    public var idle = Duration.seconds(5)
    /// Transactions on one session.
    public var transactions = 100

    public init() {}
  }

  fileprivate struct Key: Hashable {
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

  fileprivate struct Parked: Sendable {
    let session: OutboundSession
    /// On the loop's clock.
    let until: UInt64
    /// Later ones have higher numbers.
    let number: UInt64
  }

  fileprivate struct Shelf: Sendable {
    var parked: [Key: [Parked]] = [:]
    var perAddress: [SocketAddress: Int] = [:]
    var count = 0
    /// In the order in which they were parked, from `first` on; those taken since are in it still.
    var order: [(key: Key, number: UInt64)] = []
    var first = 0
    var parkings: UInt64 = 0
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
        guard let last = shelf.parked[key]?.indices.last else { return nil }
        return shelf.remove(last, of: key)
      }
      guard let found else { return nil }
      if found.isQuiet() { return found }
      found.close()
    }
  }

  /// Keeps a session for the next message to `endpoint`, or takes leave of it. On the loop.
  func park(_ session: OutboundSession, _ terms: OutboundTerms) {
    let key = Key(session.endpoint, terms)
    let until = loop.deadline(after: limits.idle)
    let gone = shelf.withLock { shelf -> OutboundSession? in
      let isFull = shelf.perAddress[key.endpoint, default: 0] >= limits.perAddress
      guard !isFull, !shelf.isClosed, session.transactions < limits.transactions else {
        return session
      }
      let gone = shelf.count >= limits.total ? shelf.removeOldest() : nil
      shelf.add(session, key, until: until)
      if shelf.sweeper == nil { shelf.sweeper = sweep() }
      return gone
    }
    if let gone { leave([gone]) }
  }

  /// Takes leave of all sessions, and of those that come later.
  public func close() {
    let all = shelf.withLock { shelf in
      defer {
        shelf.parked = [:]
        shelf.perAddress = [:]
        shelf.order = []
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
        for index in parked.indices.reversed() where parked[index].until <= now {
          late.append(shelf.remove(index, of: key))
        }
      }
      if shelf.count == 0 { shelf.sweeper = nil }
      return (late, shelf.count == 0)
    }
  }
}

extension SessionPool.Shelf {
  fileprivate mutating func add(_ session: OutboundSession, _ key: SessionPool.Key, until: UInt64) {
    parkings += 1
    parked[key, default: []].append(
      SessionPool.Parked(session: session, until: until, number: parkings))
    perAddress[key.endpoint, default: 0] += 1
    count += 1
    if first > 1_000, 2 * first > order.count {
      order.removeFirst(first)
      first = 0
    }
    order.append((key, parkings))
  }

  /// Takes out the one that has waited longest.
  fileprivate mutating func removeOldest() -> OutboundSession? {
    while first < order.count {
      let (key, number) = order[first]
      first += 1
      guard let index = parked[key]?.firstIndex(where: { $0.number == number }) else { continue }
      return remove(index, of: key)
    }
    return nil
  }

  fileprivate mutating func remove(_ index: Int, of key: SessionPool.Key) -> OutboundSession {
    var left = parked[key] ?? []
    let session = left.remove(at: index).session
    parked[key] = left.isEmpty ? nil : left
    let others = perAddress[key.endpoint, default: 1] - 1
    perAddress[key.endpoint] = others > 0 ? others : nil
    count -= 1
    return session
  }
}
