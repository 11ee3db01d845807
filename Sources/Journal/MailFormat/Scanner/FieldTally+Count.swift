extension FieldTally {
  /// Counts the fields of a header, and looks into none of them.
  public init(header: Span<UInt8>) {
    var position = 0
    var isInField = false
    while position < header.count {
      let start = position
      var end = header.lineFeed(from: start)
      position = min(end + 1, header.count)
      if end > start, header[end - 1] == .carriageReturn { end -= 1 }
      if end == start { return }
      if header[start].isBlank {
        if !isInField { malformed += 1 }
        continue
      }
      let line = header.extracting(start..<end)
      if let (nameEnd, _) = HeaderField.split(line) {
        count(FieldKind(name: line.extracting(0..<nameEnd)))
        isInField = true
      } else {
        malformed += 1
        isInField = false
      }
    }
  }

  /// Counts a field of the message's own header.
  mutating func count(_ kind: FieldKind?) {
    fields += 1
    switch kind {
    case .date: date += 1
    case .from: from += 1
    case .sender: sender += 1
    case .to, .cc, .bcc: destinations += 1
    case .subject: subject += 1
    case .messageID: messageID += 1
    case .received: received += 1
    default: break
    }
  }
}
