extension MessageScanner {
  /// Passes a boundary line of the multipart at `level`; what follows it starts at `next`.
  mutating func pass(_ level: Int, _ match: Boundary.Match, next: UInt64) {
    close(above: level)
    switch match {
    case .closing:
      boundaries.removeLast()
      phase = .body
    case .delimiter:
      startPart(in: level, at: next)
    }
  }

  private mutating func startPart(in level: Int, at start: UInt64) {
    parts += 1
    let isDigest = open[level].structure.media.isDigest
    var part = OpenPart(
      headerStart: start, standard: isDigest ? .message : .plainText, isMessage: false)
    phase = .header
    if parts >= limits.parts {
      // The last part that is allowed takes all that follows.
      part.endHeader(bodyStart: start, feedsBefore: feeds + 1)
      part.structure.media = .opaque
      budget.isCapped = true
      boundaries.removeAll()
      phase = .rest
    }
    open.append(part)
  }

  /// Ends all parts deeper than `level` in front of the line at hand.
  mutating func close(above level: Int) {
    guard open.count - 1 > level else { return }
    // A header that the line cuts off is all there is of its part.
    while phase == .header { endHeader(bodyStart: position, feedsBefore: feeds) }
    while let last = boundaries.last, last.level > level { boundaries.removeLast() }
    while open.count - 1 > level {
      var part = open.removeLast()
      part.close(position: position, ending: ending, feeds: feeds)
      if open.isEmpty {
        closed = (part.envelope ?? Envelope(), part.structure)
      } else {
        open[open.count - 1].add(part)
      }
    }
  }
}
