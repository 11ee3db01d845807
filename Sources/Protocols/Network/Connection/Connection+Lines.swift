import Glibc

extension Connection {
  /// The next line without its CRLF, or nil at the end of the stream.
  ///
  /// A last line without an end is dropped. `limit` counts octets with the CRLF; `time` is for the
  /// whole line, however slowly it drips.
  /// - Throws: a recoverable failure (`isRecoverable`) where the line is at fault: it has been
  ///   consumed and the next can be read. Otherwise what ended the connection.
  public func readLine(
    limit: Int, within time: Duration
  ) async throws(ConnectionFailure) -> [UInt8]? {
    try await withLine(limit: limit, within: time) { span in
      span.withUnsafeBytes { Array($0) }
    }
  }

  /// Like `readLine`, but throws `.stopping` when the server stops and no octet of it has come.
  public func readCommand(
    limit: Int, within time: Duration
  ) async throws(ConnectionFailure) -> [UInt8]? {
    try await line(limit: limit, within: time, isCommand: true) { span in
      span.withUnsafeBytes { Array($0) }
    }
  }

  /// Lends `body` the next line where it lies. Otherwise like `readLine`.
  public func withLine<R>(
    limit: Int, within time: Duration, _ body: (RawSpan) -> R
  ) async throws(ConnectionFailure) -> R? {
    try await line(limit: limit, within: time, isCommand: false, body)
  }

  /// Lends `body` the next line where it lies. Otherwise like `readCommand`.
  public func withCommand<R>(
    limit: Int, within time: Duration, _ body: (RawSpan) -> R
  ) async throws(ConnectionFailure) -> R? {
    try await line(limit: limit, within: time, isCommand: true, body)
  }

  private func line<R>(
    limit: Int, within time: Duration, isCommand: Bool, _ body: (RawSpan) -> R
  ) async throws(ConnectionFailure) -> R? {
    var discarded = 0
    if let found = try counted(limit, &discarded, isCommand, body) { return found }
    let deadline = loop.deadline(after: time)
    while true {
      let wait: Wait = isCommand && input.isEmpty && discarded == 0 ? .command : .octets
      switch try await fill(by: deadline, limit: max(limit, Self.inputLimit), for: wait) {
      case .more: break
      case .ended: return nil
      case .interrupted: throw .stopping
      }
      if let found = try counted(limit, &discarded, isCommand, body) { return found }
    }
  }

  /// `lineNow`, with commands counted in the tally, faulty lines among them.
  private func counted<R>(
    _ limit: Int, _ discarded: inout Int, _ isCommand: Bool, _ body: (RawSpan) -> R
  ) throws(ConnectionFailure) -> R? {
    do {
      let found = try lineNow(limit: limit, discarded: &discarded, body)
      if isCommand, found != nil { tally.commands += 1 }
      return found
    } catch {
      if isCommand, error.isRecoverable { tally.commands += 1 }
      throw error
    }
  }

  /// The line that is buffered; nil after making room for more of it. See `fillNow`.
  private func lineNow<R>(
    limit: Int, discarded: inout Int, _ body: (RawSpan) -> R
  ) throws(ConnectionFailure) -> R? {
    if let length = bufferedLine() {
      defer { consume(length) }
      guard discarded == 0, length <= limit else { throw .lineTooLong(limit: limit) }
      return body(try lineText(length).bytes)
    }
    if scanned >= limit || discarded > 0 {
      discarded += scanned
      consume(scanned)
    }
    if discarded > Self.discardLimit {
      fail(.flooded)
      throw .flooded
    }
    return nil
  }

  /// The length of the first buffered line with its LF, or nil. Looks at each octet once.
  private func bufferedLine() -> Int? {
    let bytes = input.bytes
    guard let base = bytes.baseAddress, bytes.count > scanned else { return nil }
    guard let found = memchr(base + scanned, 0x0a, bytes.count - scanned) else {
      scanned = bytes.count
      return nil
    }
    return UnsafeRawPointer(found) - base + 1
  }

  /// The text of the line of `length` octets at the start of the input, or its fault.
  private func lineText(_ length: Int) throws(ConnectionFailure) -> UnsafeRawBufferPointer {
    let bytes = input.bytes
    var end = length - 1
    if end > 0, bytes[end - 1] == 0x0d {
      end -= 1
    } else if isStrictAboutLineEnds {
      throw .bareLineFeed
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    guard let base = text.baseAddress, end > 0 else { return text }
    if memchr(base, 0x00, end) != nil { throw .nul }
    if memchr(base, 0x0d, end) != nil { throw .bareCarriageReturn }
    return text
  }
}
