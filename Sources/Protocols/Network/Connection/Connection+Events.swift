import Synchronization

extension Connection {
  func becameReady(_ readiness: Readiness) {
    if !readiness.isDisjoint(with: [.peerHangUp, .hangUp, .error]) { hasPeerHungUp = true }
    if !readiness.isDisjoint(with: [.input, .peerHangUp, .hangUp, .error]) {
      isReadable = true
      wakeReader()
    }
    if !readiness.isDisjoint(with: [.output, .hangUp, .error]) {
      isWritable = true
      wakeWriter()
    }
  }

  /// Wakes whose deadline has passed. A deadline that moved on is looked at again then.
  func timeIsUp(now: UInt64) -> UInt64? {
    if readDeadline <= now { wakeReader() }
    if writeDeadline <= now { wakeWriter() }
    timerDue = min(readDeadline, writeDeadline)
    if timerDue == .max {
      timer = nil
      return nil
    }
    return timerDue
  }

  func wakeReader() {
    guard let waiting = reader else { return }
    reader = nil
    readDeadline = .max
    waiting.resume()
  }

  func wakeWriter() {
    guard let waiting = writer else { return }
    writer = nil
    writeDeadline = .max
    waiting.resume()
  }

  /// Suspends until input, a signal, a failure or the deadline. The caller looks which.
  @inline(never) func waitToRead(by deadline: UInt64) async {
    precondition(reader == nil, "one task reads a connection")
    input.releaseIfEmpty(to: loop.buffers)
    output.releaseIfEmpty(to: loop.buffers)
    await withUnsafeContinuation { continuation in
      if isReadable || failure != nil { return continuation.resume() }
      reader = continuation
      readDeadline = deadline
      arm(deadline)
    }
  }

  /// Suspends until the kernel takes output again, a failure or the deadline.
  @inline(never) func waitToWrite(by deadline: UInt64) async {
    precondition(writer == nil, "one task writes a connection")
    await withUnsafeContinuation { continuation in
      if isWritable || failure != nil { return continuation.resume() }
      writer = continuation
      writeDeadline = deadline
      arm(deadline)
    }
  }

  /// Makes sure that the timer fires no later than `deadline`. A later one costs nothing: the
  /// timer stays where it is and is placed again when it fires.
  private func arm(_ deadline: UInt64) {
    guard deadline < timerDue || timer == nil else { return }
    guard deadline != .max else { return }
    timerDue = deadline
    if let timer {
      loop.wheel.place(timer, due: deadline)
    } else {
      timer = loop.wheel.add(self, due: deadline)
    }
  }
}

extension ByteQueue {
  mutating func releaseIfEmpty(to pool: BufferPool) {
    if isEmpty { release(to: pool) }
  }
}
