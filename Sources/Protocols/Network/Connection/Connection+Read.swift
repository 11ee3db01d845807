import CPlatform
import Glibc
import Platform

extension Connection {
  /// Waits for more input than is buffered now. False at the end of the peer's stream.
  ///
  /// What was written is flushed before the connection waits, so a peer always has the answers
  /// to what it sent. A peer that sends without reading its answers is not read from.
  /// - Throws: `.timedOut` when `time` has passed; `.flooded` where `inputLimit` octets wait
  ///   unconsumed already; otherwise what ended the connection.
  public func fill(within time: Duration) async throws(ConnectionFailure) -> Bool {
    try await fill(by: loop.deadline(after: time)) == .more
  }

  /// Lends `body` the octets that wait, maybe none. They stay until `consume`.
  public func withInput<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try body(input.bytes.bytes)
  }

  /// Drops the first `count` octets of what waits.
  public func consume(_ count: Int) {
    input.consume(count)
    scanned = 0
  }

  /// Takes what has arrived, without waiting: whether octets wait, or the peer has ended its
  /// stream. A client that speaks at length, or comes back to an idle connection, looks so.
  ///
  /// - Throws: what ended the connection.
  public func hasHeard() throws(ConnectionFailure) -> Bool {
    if let failure { throw failure }
    guard input.isEmpty, !hasEnded, isReadable else { return !input.isEmpty || hasEnded }
    switch receive() {
    case .moved: return true
    case .wantsRead: isReadable = false
    case .wantsWrite: isWritable = false
    case .ended: hasEnded = true
    case .failed(let failure):
      fail(failure)
      throw failure
    }
    return hasEnded
  }

  /// The next octets, at least one and at most `count`; nil at the end of the stream.
  public func read(
    upTo count: Int, within time: Duration
  ) async throws(ConnectionFailure) -> [UInt8]? {
    if input.isEmpty, try await !fill(within: time) { return nil }
    return take(min(count, input.count))
  }

  /// Exactly `count` octets, held in memory. `time` is for all of them.
  ///
  /// - Throws: `.endOfInput` where the stream ends before.
  public func readExactly(
    _ count: Int, within time: Duration
  ) async throws(ConnectionFailure) -> [UInt8] {
    let deadline = loop.deadline(after: time)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(count, Self.inputLimit))
    while bytes.count < count {
      if input.isEmpty, try await fill(by: deadline) == .ended { throw .endOfInput }
      bytes += take(min(count - bytes.count, input.count))
    }
    return bytes
  }

  /// Reads and drops `count` octets.
  public func discard(
    _ count: UInt64, within time: Duration
  ) async throws(ConnectionFailure) {
    let deadline = loop.deadline(after: time)
    var left = count
    while left > 0 {
      if input.isEmpty, try await fill(by: deadline) == .ended { throw .endOfInput }
      let dropped = Int(min(left, UInt64(input.count)))
      consume(dropped)
      left -= UInt64(dropped)
    }
  }

  private func take(_ count: Int) -> [UInt8] {
    let bytes = Array(input.bytes[..<count])
    consume(count)
    return bytes
  }

  func fill(
    by deadline: UInt64, limit: Int = Connection.inputLimit, for wait: Wait = .octets
  ) async throws(ConnectionFailure) -> Filled {
    while true {
      switch try fillNow(by: deadline, limit: limit, for: wait) {
      case .done(let filled): return filled
      case .flush: try await flush()
      case .waitToRead: await waitToRead(by: deadline)
      case .waitToWrite: await waitToWrite(by: deadline)
      }
    }
  }

  /// What can be done without waiting, and what to wait for then. Not part of `fill`, so that the
  /// frame of a suspended reader stays small.
  private func fillNow(
    by deadline: UInt64, limit: Int, for wait: Wait
  ) throws(ConnectionFailure) -> NextStep<Filled> {
    precondition(loop.isCurrent, "a connection is used on its loop")
    if let failure { throw failure }
    guard input.count < limit else {
      fail(.flooded)
      throw .flooded
    }
    if !output.isEmpty {
      var progress = (deadline: nextWriteDeadline, mark: output.count)
      guard case .done = try sendNow(leaving: 0, &progress) else { return .flush }
    }
    if hasEnded { return .done(.ended) }
    if isReadable {
      switch receive() {
      case .moved: return .done(.more)
      case .ended:
        hasEnded = true
        return .done(.ended)
      case .wantsRead: isReadable = false
      case .wantsWrite:
        isWritable = false
        return .waitToWrite
      case .failed(let failure):
        fail(failure)
        throw failure
      }
    }
    if isInterrupted(wait) { return .done(.interrupted) }
    if loop.now >= deadline { throw .timedOut }
    self.wait = wait
    return .waitToRead
  }

  /// One read from the kernel into `input`.
  private func receive() -> Moved {
    let room = input.room(1_024, from: loop.buffers)
    if let tlsSession {
      let (moved, count) = tlsSession.read(into: room)
      input.filled(count)
      return moved
    }
    let count = daybook_receive(descriptor, room.baseAddress, room.count)
    if count > 0 {
      input.filled(count)
      // Edge-triggered: less than asked for means the kernel has no more, unless the end is near.
      if count < room.count, !hasPeerHungUp { isReadable = false }
      return .moved
    }
    if count == 0 { return .ended }
    if count == -Int(EAGAIN) { return .wantsRead }
    return .failed(.lost(SystemError(code: Int32(-count), operation: "recv", path: "the peer")))
  }
}

/// What a reader waits for.
enum Wait {
  case octets
  /// The first octet of a command: a request to stop interrupts.
  case command
  /// Input or a signal: both a signal and a request to stop interrupt.
  case signal
}

/// What a wait for input brought.
enum Filled {
  case more, ended, interrupted
}

/// What an operation on a connection does next.
enum NextStep<Outcome> {
  case done(Outcome)
  case flush
  case waitToRead
  case waitToWrite
}

/// What one call to the kernel or to TLS did.
enum Moved {
  case moved
  /// Nothing until there is input; for TLS also when it was asked to write.
  case wantsRead
  /// Nothing until output is taken; for TLS also when it was asked to read.
  case wantsWrite
  case ended
  case failed(ConnectionFailure)
}
