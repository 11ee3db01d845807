import CPlatform
import Glibc
import Platform

extension Connection {
  /// Adds to the output; nothing is sent yet. Ignored on a closed connection, whose next read,
  /// `flush` or `drain` tells.
  public func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  public func write(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { add($0) } }

  public func write(_ bytes: RawSpan) { bytes.withUnsafeBytes { add($0) } }

  public func write(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  private func add(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    output.append(bytes, from: loop.buffers)
    if output.count > Self.outputLimit { fail(.overflow) }
  }

  /// Sends all output. `writeTimeout` is for each 64 KiB of it.
  ///
  /// - Throws: `.timedOut` where the peer does not take it, and the connection is closed then;
  ///   otherwise what ended the connection.
  public func flush() async throws(ConnectionFailure) { try await send(leaving: 0) }

  /// Call in a loop that writes much: waits while more than `highWater` octets of output wait.
  public func drain() async throws(ConnectionFailure) {
    if output.count > Self.highWater {
      try await send(leaving: Self.highWater / 2)
    } else if let failure {
      throw failure
    }
  }

  private func send(leaving rest: Int) async throws(ConnectionFailure) {
    var progress = (deadline: nextWriteDeadline, mark: output.count)
    while true {
      switch try sendNow(leaving: rest, &progress) {
      case .done, .flush: return
      case .waitToRead: await waitToRead(by: progress.deadline)
      case .waitToWrite: await waitToWrite(by: progress.deadline)
      }
    }
  }

  /// What can be sent without waiting, and what to wait for then. See `fillNow`.
  func sendNow(
    leaving rest: Int, _ progress: inout (deadline: UInt64, mark: Int)
  ) throws(ConnectionFailure) -> NextStep<Void> {
    precondition(loop.isCurrent, "a connection is used on its loop")
    while true {
      if let failure { throw failure }
      guard output.count > rest else { return .done(()) }
      if progress.mark - output.count >= Self.highWater {
        progress = (nextWriteDeadline, output.count)
      }
      if isWritable {
        switch transmit() {
        case .moved: continue
        case .wantsWrite: isWritable = false
        case .wantsRead:
          isReadable = false
          return .waitToRead
        case .ended: fail(.closed)
        case .failed(let failure): fail(failure)
        }
        continue
      }
      guard loop.now < progress.deadline else {
        fail(.timedOut)
        throw .timedOut
      }
      return .waitToWrite
    }
  }

  /// One write to the kernel from `output`.
  private func transmit() -> Moved {
    let bytes = output.bytes
    if let tlsSession {
      let (moved, count) = tlsSession.write(bytes)
      output.consume(count)
      return moved
    }
    let count = daybook_send(descriptor, bytes.baseAddress, bytes.count)
    if count >= 0 {
      output.consume(count)
      return .moved
    }
    if count == -Int(EAGAIN) { return .wantsWrite }
    return .failed(.lost(SystemError(code: Int32(-count), operation: "send", path: "the peer")))
  }

  /// Ends the conversation politely: flushes, ends this side of the stream, and reads what the
  /// peer still sends (at most 64 KiB, for at most `time`) so that the last reply is not lost to
  /// a reset. Then closes. Never throws: there is nobody left to tell.
  public func hangUp(within time: Duration = .seconds(2)) async {
    defer { close() }
    do {
      try await flush()
      tlsSession?.end()
      guard daybook_shutdown_write(descriptor) >= 0 else { return }
      let deadline = loop.deadline(after: time)
      var left = Self.inputLimit
      input.consume(input.count)
      while left > 0, try await fill(by: deadline) == .more {
        left -= input.count
        input.consume(input.count)
      }
    } catch {
      return
    }
  }
}
