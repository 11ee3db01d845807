extension BodyStructure {
  /// Which octets of a part a section names. RFC 3501 §6.4.5
  public enum Piece: Hashable, Sendable {
    /// The body of the part, or with an empty path the whole message.
    case whole
    /// `HEADER`: the header of the message that the part holds.
    case header
    /// `TEXT`: the body of the message that the part holds.
    case text
    /// `MIME`: the part's own header.
    case mime
  }

  /// Where the octets of the section `path.piece` of this message are, or nil if there is no such.
  ///
  /// `path` holds part numbers from 1 and is empty for the message itself; `BODY[1.2.HEADER]` is
  /// `octets(path: [1, 2], .header)`. A message that is no multipart has one part, number 1.
  public func octets(path: [UInt32], _ piece: Piece) -> Range<UInt64>? {
    guard !path.isEmpty else {
      switch piece {
      case .whole: return headerStart..<bodyEnd
      case .header: return headerStart..<bodyStart
      case .text: return bodyStart..<bodyEnd
      case .mime: return nil
      }
    }
    guard let part = part(at: path) else { return nil }
    switch (piece, part.content) {
    case (.whole, _): return part.bodyStart..<part.bodyEnd
    case (.mime, _): return part.headerStart..<part.bodyStart
    case (.header, .message(_, let inner)): return inner.headerStart..<inner.bodyStart
    case (.text, .message(_, let inner)): return inner.bodyStart..<inner.bodyEnd
    case (.header, _), (.text, _): return nil
    }
  }

  /// The part that the numbers in `path` (from 1, outermost first) name in this message.
  public func part(at path: [UInt32]) -> BodyStructure? {
    var found: BodyStructure?
    var container: BodyStructure? = self
    for number in path {
      guard let holder = container, let part = holder.numbered(number) else { return nil }
      found = part
      switch part.content {
      case .leaf: container = nil
      case .multipart: container = part
      case .message(_, let inner): container = inner
      }
    }
    return found
  }

  /// Part `number` of a message or multipart; anything but a multipart is its own part 1.
  private func numbered(_ number: UInt32) -> BodyStructure? {
    guard case .multipart(let parts) = content else { return number == 1 ? self : nil }
    return number >= 1 && number <= parts.count ? parts[Int(number) - 1] : nil
  }
}
