/// What happens to a CR or LF that is not part of a CRLF.
public enum BareLineEnds: Hashable, Sendable {
  /// It becomes what it most likely meant: CRLF for a LF, a space for a CR.
  case repair
  /// The message is not sent.
  case refuse
}

/// Turns the octets of a message into what stands between 354 and the final dot.
///
/// Dots at line starts are doubled (RFC 5321 §4.5.2), and no bare CR or LF leaves: what one server
/// takes for text another may take for a line end, and behind a line end anything can hide. A bare
/// LF becomes CRLF, and a bare CR a space, because as a line end it could split a header field.
struct WireBody: Sendable {
  private static let cr = UInt8(ascii: "\r")
  private static let lf = UInt8(ascii: "\n")
  private static let dot = UInt8(ascii: ".")

  private let policy: BareLineEnds
  private var isLineStart = true
  /// A CR at the end of the last chunk, which waits for what follows it.
  private var holdsCR = false
  /// Whether a bare CR or LF was met.
  private(set) var hasBareLineEnd = false

  init(_ policy: BareLineEnds) { self.policy = policy }

  /// Gives `emit` the wire octets of the next chunk, in order. False where the message is refused.
  mutating func feed(_ chunk: Span<UInt8>, _ emit: (RawSpan) -> Void) -> Bool {
    guard chunk.count > 0 else { return true }
    var start = 0
    var index = 0
    if holdsCR {
      holdsCR = false
      if chunk[0] == Self.lf {
        emitText("\r\n", emit)
        isLineStart = true
        start = 1
        index = 1
      } else {
        guard allow(emit, " ") else { return false }
      }
    }
    while index < chunk.count {
      let octet = chunk[index]
      if isLineStart {
        isLineStart = false
        if octet == Self.dot {
          emitRun(chunk, start, index, emit)
          start = index
          emitText(".", emit)
        }
      }
      guard octet <= Self.cr, octet == Self.cr || octet == Self.lf else {
        index += 1
        while index < chunk.count, chunk[index] > Self.cr { index += 1 }
        continue
      }
      if octet == Self.cr, index + 1 < chunk.count, chunk[index + 1] == Self.lf {
        index += 2
        isLineStart = true
        continue
      }
      emitRun(chunk, start, index, emit)
      index += 1
      start = index
      if octet == Self.cr, index == chunk.count {
        holdsCR = true
      } else {
        guard allow(emit, octet == Self.cr ? " " : "\r\n") else { return false }
        isLineStart = octet == Self.lf
      }
    }
    emitRun(chunk, start, index, emit)
    return true
  }

  /// Gives `emit` what was held back at the end of the message. False where it is refused.
  mutating func finish(_ emit: (RawSpan) -> Void) -> Bool {
    guard holdsCR else { return true }
    holdsCR = false
    return allow(emit, " ")
  }

  /// Gives `emit` what ends the message: the line end it may lack, and the final dot.
  func end(_ emit: (RawSpan) -> Void) {
    emitText(isLineStart ? ".\r\n" : "\r\n.\r\n", emit)
  }

  private mutating func allow(_ emit: (RawSpan) -> Void, _ repaired: StaticString) -> Bool {
    hasBareLineEnd = true
    guard policy == .repair else { return false }
    isLineStart = false
    emitText(repaired, emit)
    return true
  }

  private func emitText(_ text: StaticString, _ emit: (RawSpan) -> Void) {
    let octets = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    emit(unsafe octets.bytes)
  }

  private func emitRun(
    _ chunk: Span<UInt8>, _ start: Int, _ end: Int, _ emit: (RawSpan) -> Void
  ) {
    if end > start { emit(unsafe chunk.extracting(start..<end).bytes) }
  }
}
