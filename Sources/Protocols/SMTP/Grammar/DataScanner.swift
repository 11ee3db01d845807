import MailFormat

/// Finds the end of DATA and removes dot-stuffing, chunk by chunk. RFC 5321 §4.5.2, §4.1.1.4
///
/// Only CRLF "." CRLF ends the data. A bare CR or LF anywhere makes the message faulty: it is read
/// to its true end, so that the sender hears of it, and then refused; treating it as a line end is
/// what lets one message smuggle in another.
public struct DataScanner: Sendable {
  private enum State { case lineStart, line, carriageReturn, dot, dotCarriageReturn }

  private var state = State.lineStart
  /// Whether a bare CR or LF was seen.
  public private(set) var hasBareLineEnd = false
  /// Whether a NUL was seen. RFC 5321 §2.3.8, RFC 5322 §4
  public private(set) var hasNull = false
  /// Whether the end was found.
  public private(set) var isComplete = false

  public init() {}

  /// Reads a chunk: appends the message's octets to `out` and returns how many of the chunk's were
  /// used. Fewer than all are used only when the end was found.
  public mutating func feed(_ chunk: Span<UInt8>, into out: inout [UInt8]) -> Int {
    var index = 0
    while index < chunk.count {
      if state == .line {
        index = copyLines(chunk, from: index, into: &out)
        if index == chunk.count { break }
      }
      step(chunk[index], into: &out)
      index += 1
      if isComplete { break }
    }
    return index
  }

  /// Copies in one run what is ordinary text, over the ends of lines that no dot follows. Where it
  /// stops, the state says what `step` is to make of the octet there.
  private mutating func copyLines(
    _ chunk: Span<UInt8>, from start: Int, into out: inout [UInt8]
  ) -> Int {
    var index = start
    while true {
      index = chunk.lineControl(from: index)
      guard index < chunk.count else { break }
      if chunk[index] == 0x09 {
        index += 1
        continue
      }
      guard chunk[index] == 0x0D, index + 2 < chunk.count, chunk[index + 1] == 0x0A else { break }
      index += 2
      if chunk[index] == 0x2E {
        state = .lineStart
        break
      }
    }
    unsafe chunk.extracting(start..<index).withUnsafeBufferPointer {
      unsafe out.append(contentsOf: $0)
    }
    return index
  }

  private mutating func step(_ octet: UInt8, into out: inout [UInt8]) {
    switch (state, octet) {
    case (.carriageReturn, 0x0A):
      out.append(octet)
      state = .lineStart
    case (.dotCarriageReturn, 0x0A):
      isComplete = true
    case (.dot, 0x0D):
      state = .dotCarriageReturn
    case (.lineStart, 0x2E):
      state = .dot
    case (.dotCarriageReturn, _):
      // The CR behind the dot was bare; the dot was stuffing.
      hasBareLineEnd = true
      out.append(0x0D)
      text(octet, into: &out)
    case (.carriageReturn, _):
      hasBareLineEnd = true
      text(octet, into: &out)
    default:
      text(octet, into: &out)
    }
  }

  private mutating func text(_ octet: UInt8, into out: inout [UInt8]) {
    if octet == 0x0A { hasBareLineEnd = true }
    if octet == 0 { hasNull = true }
    out.append(octet)
    state = octet == 0x0D ? .carriageReturn : .line
  }
}
