import MailFormat

/// The facts of a message fed in chunks of `size` octets.
func facts(_ message: [UInt8], chunk size: Int, limits: ScanLimits = ScanLimits()) -> MessageFacts {
  var scanner = MessageScanner(limits: limits)
  var start = 0
  while start < message.count {
    let end = min(start + size, message.count)
    scanner.feed(message.span.extracting(start..<end))
    start = end
  }
  return scanner.finish()
}

/// What is wrong with the offsets of a part and of those inside it, or nil.
func fault(_ part: BodyStructure, in range: Range<UInt64>) -> String? {
  guard range.lowerBound <= part.headerStart, part.headerStart <= part.bodyStart,
    part.bodyStart <= part.bodyEnd, part.bodyEnd <= range.upperBound
  else { return "\(part.headerStart), \(part.bodyStart), \(part.bodyEnd) leave \(range)" }
  guard part.lines <= part.size else { return "\(part.lines) lines in \(part.size) octets" }
  let body = part.bodyStart..<part.bodyEnd
  switch part.content {
  case .leaf:
    return part.media.isMultipart || part.media.isMessage ? "a leaf called \(part.media)" : nil
  case .message(_, let root):
    guard root.headerStart == part.bodyStart, root.bodyEnd == part.bodyEnd else {
      return "a message that does not fill its part"
    }
    return fault(root, in: body)
  case .multipart(let parts):
    guard !parts.isEmpty else { return "a multipart without parts" }
    var end = body.lowerBound
    for inner in parts {
      if inner.headerStart < end { return "parts that overlap at \(inner.headerStart)" }
      if let fault = fault(inner, in: body) { return fault }
      end = inner.bodyEnd
    }
    return nil
  }
}

extension [UInt8] {
  init(_ text: String) { self = Array(text.utf8) }
  var text: String { String(decoding: self, as: UTF8.self) }
}
