extension MessageScanner {
  /// Reads a line. `text` is its first octets without the line feed, `count` says how many there
  /// are in all; the last line of a message may not be ended.
  mutating func line(_ text: Span<UInt8>, count: Int, isEnded: Bool) {
    let isWhole = text.count == count
    var length = text.count
    if isWhole, length > 0, text[length - 1] == .carriageReturn { length -= 1 }
    let line = text.extracting(0..<length)
    let next = position + UInt64(count) + (isEnded ? 1 : 0)
    if isWhole, count <= Boundary.longestLine, let (level, match) = boundary(line) {
      pass(level, match, next: next)
    } else if phase == .header {
      headerLine(line, isWhole: isWhole, next: next)
    }
  }

  /// The innermost open multipart of which `line` is a boundary line.
  private func boundary(_ line: Span<UInt8>) -> (level: Int, match: Boundary.Match)? {
    guard !boundaries.isEmpty, let facts = BoundaryLine(line) else { return nil }
    for (level, boundary) in boundaries.reversed() {
      if let match = boundary.match(line, facts) { return (level, match) }
    }
    return nil
  }

  private mutating func headerLine(_ line: Span<UInt8>, isWhole: Bool, next: UInt64) {
    if line.count == 0 {
      if isWhole { endHeader(bodyStart: next, feedsBefore: feeds + 1) }
      return
    }
    if line[0].isBlank {
      if case .none = field.state { countMalformed() }
      field.append(line, limit: limits.fieldOctets)
      return
    }
    endField()
    guard let (nameEnd, valueStart) = HeaderField.split(line) else { return countMalformed() }
    let isRoot = open.count == 1
    let kind = FieldKind(name: line.extracting(0..<nameEnd))
    if isRoot { tally.count(kind) }
    let isWanted = kind.map { !$0.isOfMessage || open[open.count - 1].envelope != nil } ?? false
    field.begin(
      isWanted ? kind : nil, line.extracting(valueStart..<line.count), limit: limits.fieldOctets)
    if isWanted, !isWhole { budget.isCapped = true }
  }

  private mutating func countMalformed() {
    if open.count == 1 { tally.malformed += 1 }
  }

  /// Takes in the field whose last line has been read.
  private mutating func endField() {
    defer { field.end() }
    guard case .kept(let kind) = field.state else { return }
    if field.isCapped { budget.isCapped = true }
    guard budget.keep(field.value.count) else { return }
    open[open.count - 1].take(kind, Unfolding.unfold(field.value), &budget)
  }

  /// Ends the header of the innermost part and decides how its body is read.
  mutating func endHeader(bodyStart: UInt64, feedsBefore: UInt64) {
    endField()
    let top = open.count - 1
    open[top].endHeader(bodyStart: bodyStart, feedsBefore: feedsBefore)
    let media = open[top].structure.media
    phase = .body
    if media.isMultipart {
      guard open.count <= limits.depth else { return makeOpaque(top) }
      guard let boundary = media.parameter("boundary").flatMap({ Boundary($0) }) else {
        open[top].structure.media = .plainText
        return
      }
      open[top].isMultipart = true
      boundaries.append((top, boundary))
    } else if media.isMessage {
      guard open[top].isIdentity else {
        open[top].makeOpaque()
        return
      }
      guard open.count <= limits.depth, parts + 1 < limits.parts else { return makeOpaque(top) }
      parts += 1
      open.append(OpenPart(headerStart: bodyStart, standard: .plainText, isMessage: true))
      phase = .header
    }
  }

  private mutating func makeOpaque(_ level: Int) {
    open[level].makeOpaque()
    budget.isCapped = true
  }
}
