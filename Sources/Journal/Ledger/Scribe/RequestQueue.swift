import Platform

/// Where requests wait for the Scribe's thread.
///
/// Askers push from any thread; the Scribe takes all that wait, up to its caps, and sleeps only
/// while nothing does or while it waits for more. A push wakes it only when it is enough: one wake
/// per batch.
final class RequestQueue<State: FoldingState>: Sendable {
  /// A task that waits for a signed checkpoint.
  typealias Signer = CheckedContinuation<Result<String, ScribeError>, Never>

  /// What one look at the queue gave.
  struct Taken {
    var requests: [any Request<State>] = []
    var signers: [Signer] = []
    /// Nothing waits and nothing more will come.
    var isOver = false
  }

  struct Contents {
    var requests: [any Request<State>] = []
    var signers: [Signer] = []
    var isClosed = false
    /// How many requests wake the Scribe; nil while it is awake.
    var wakesAt: Int?

    var isEmpty: Bool { requests.isEmpty && signers.isEmpty }

    /// Whether there is what somebody who waits for `count` requests wants to see.
    func has(_ count: Int) -> Bool {
      requests.count >= count || !signers.isEmpty || isClosed
    }
  }

  private let contents = Monitor(Contents())

  /// Adds a request; false when the queue is closed and the request will not be decided.
  func push(_ request: any Request<State>) -> Bool {
    add { $0.requests.append(request) }
  }

  /// Adds a task that waits for a checkpoint; false when the queue is closed.
  func push(signer: Signer) -> Bool {
    add { $0.signers.append(signer) }
  }

  /// Lets nothing more in. What waits is still taken.
  func close() {
    contents.withLock { $0.isClosed = true }
    contents.signal()
  }

  /// How many requests wait.
  var count: Int { contents.withLock { $0.requests.count } }

  /// Takes what waits, at most `limit` requests and about `bytes` bytes of bodies, or waits for
  /// something to come for at most `time`.
  func take(limit: Int, bytes: Int, atMost time: Duration) -> Taken {
    wait(for: 1, atMost: time)
    return contents.withLock { contents in
      contents.isEmpty && !contents.isClosed ? Taken() : contents.take(limit: limit, bytes: bytes)
    }
  }

  /// Waits until `count` requests wait or anything else is to be done, for at most `time`.
  func wait(for count: Int, atMost time: Duration) {
    _ = contents.wait(atMost: time) { contents -> Bool? in
      contents.wakesAt = contents.has(count) ? nil : count
      return contents.wakesAt == nil ? true : nil
    }
  }

  private func add(_ change: (inout Contents) -> Void) -> Bool {
    let (isAdded, mustWake) = contents.withLock { contents in
      guard !contents.isClosed else { return (false, false) }
      change(&contents)
      guard let count = contents.wakesAt, contents.has(count) else { return (true, false) }
      contents.wakesAt = nil
      return (true, true)
    }
    if mustWake { contents.signal() }
    return isAdded
  }
}

extension RequestQueue.Contents {
  mutating func take(limit: Int, bytes: Int) -> RequestQueue<State>.Taken {
    var taken = RequestQueue<State>.Taken(signers: signers)
    signers.removeAll()
    let count = fitting(limit: limit, bytes: bytes)
    if count == requests.count {
      swap(&requests, &taken.requests)
      requests.reserveCapacity(count)
    } else {
      taken.requests = Array(requests.prefix(count))
      requests.removeFirst(count)
    }
    taken.isOver = isClosed && isEmpty
    return taken
  }

  /// How many requests from the front make a batch; at least one where there is one.
  private func fitting(limit: Int, bytes: Int) -> Int {
    var weight = 0
    for (index, request) in requests.prefix(limit).enumerated() {
      for body in request.bodies { weight += body.bytes.count }
      if weight > bytes, index > 0 { return index }
    }
    return min(limit, requests.count)
  }
}
