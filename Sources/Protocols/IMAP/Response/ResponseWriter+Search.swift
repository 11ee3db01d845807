import Network

extension ResponseWriter {
  // esearch-response = "ESEARCH" [SP "(" "TAG" SP string ")"] [SP "UID"] *(SP search-return-data)
  /// RFC 4731 §3.1. MIN, MAX and ALL are left out where nothing was found.
  mutating func extendedSearch(
    _ numbers: [ClosedRange<UInt32>], _ returns: SearchReturn, tag: [UInt8], isUID: Bool
  ) {
    raw("* ESEARCH (TAG ")
    string(tag)
    raw(")")
    if isUID { raw(" UID") }
    if let first = numbers.first, let last = numbers.last {
      if returns.contains(.least) { result(" MIN ", first.lowerBound) }
      if returns.contains(.greatest) { result(" MAX ", last.upperBound) }
      if returns.contains(.all) {
        raw(" ALL ")
        ranges(numbers)
      }
    }
    if returns.contains(.count) { result(" COUNT ", UInt32(numbers.total)) }
    endLine()
  }

  private mutating func result(_ name: StaticString, _ value: UInt32) {
    raw(name)
    number(value)
  }
}

extension Session {
  // mailbox-data = "SEARCH" *(SP nz-number)
  func saySearch(_ numbers: [ClosedRange<UInt32>]) async throws(ConnectionFailure) {
    say { $0.raw("* SEARCH") }
    for piece in numbers.pieces(of: 8_192) {
      say { writer in
        for number in piece.joined() {
          writer.space()
          writer.number(number)
        }
      }
      try await connection.drain()
    }
    say { $0.endLine() }
  }
}

extension MailboxView {
  /// The numbers of messages of this view, as sorted ranges.
  func numbers(of messages: UIDList) -> [ClosedRange<UInt32>] {
    var numbers: [ClosedRange<UInt32>] = []
    for range in messages.ranges {
      guard let first = uids.number(of: range.lowerBound),
        let last = uids.number(of: range.upperBound)
      else { continue }
      if let before = numbers.last, before.upperBound + 1 == first {
        numbers[numbers.count - 1] = before.lowerBound...last
      } else {
        numbers.append(first...last)
      }
    }
    return numbers
  }
}
