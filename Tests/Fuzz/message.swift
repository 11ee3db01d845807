import MailFormat

/// Messages: their structure, their header, and what is composed out of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  let whole = MessageScanner.scan(octets.span)
  var scanner = MessageScanner()
  let cut = octets.first.map { Int($0) % (count + 1) } ?? 0
  scanner.feed(octets.span.extracting(0..<cut))
  scanner.feed(octets.span.extracting(cut..<count))
  precondition(scanner.finish() == whole, "cuts make no difference")
  visit(whole.structure, 0, UInt64(count))
  let header = HeaderBlock(octets)
  precondition(UInt64(header.length) == whole.headerLength)
  for field in header.fields { read(Array(octets[field.value])) }
  return 0
}

private func visit(_ part: BodyStructure, _ low: UInt64, _ high: UInt64) {
  precondition(low <= part.headerStart && part.headerStart <= part.bodyStart)
  precondition(part.bodyStart <= part.bodyEnd && part.bodyEnd <= high)
  _ = part.media.parameters.text("name")
  _ = part.disposition?.parameters.text("filename")
  switch part.content {
  case .leaf: break
  case .multipart(let children):
    precondition(!children.isEmpty)
    for child in children { visit(child, part.bodyStart, part.bodyEnd) }
  case .message(_, let root): visit(root, part.bodyStart, part.bodyEnd)
  }
}

private func read(_ value: [UInt8]) {
  let addresses = MailAddress.list(value)
  _ = MailDate(field: value)
  _ = MessageIdentifier.list(value)
  _ = EncodedWords.decode(value)
  _ = MediaType(field: value)
  _ = Disposition(field: value)
  var composer = HeaderComposer()
  composer.add("X", text: value)
  composer.add("To", addresses: addresses)
  composer.addReturnPath(value)
  composer.addDeliveredTo(value)
  composer.addReceived(
    ReceivedStamp(
      clientName: value, clientAddress: value, encryption: value, host: value,
      transmission: value, id: value, recipient: value, date: MailDate(seconds: 0)))
  let block = HeaderBlock(composer.octets)
  precondition(block.fields.count == 5 && block.strays == 0)
  precondition(block.length == composer.octets.count, "no value adds a line")
}
