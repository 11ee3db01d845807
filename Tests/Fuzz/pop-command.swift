@testable import POP

/// Command lines, and the lines of a message as they are sent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  for line in octets.split(separator: 10, omittingEmptySubsequences: false) {
    _ = POPParser.parse(Array(line))
  }
  let cut = octets.first.map { Int($0) % (count + 1) } ?? 0
  var whole = DotStuffing()
  var parts = DotStuffing()
  let sent = whole.stuff(octets) + whole.end()
  let again =
    parts.stuff(Array(octets[..<cut])) + parts.stuff(Array(octets[cut...])) + parts.end()
  precondition(sent == again, "cuts make no difference")
  precondition(sent.suffix(3).elementsEqual([46, 13, 10]))
  // Nobody who reads lines, whether they end in CRLF or in LF, sees the end too early.
  let lines = sent.split(separator: 10, omittingEmptySubsequences: false).dropLast()
  for line in lines.dropLast() { precondition(!line.elementsEqual([46, 13])) }
  return 0
}
