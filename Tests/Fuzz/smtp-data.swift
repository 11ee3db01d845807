@testable import SMTP

/// The end of DATA, whatever the cuts; what was taken, sent again, is the same message.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  let whole = scanned([octets[...]])
  let cut = octets.first.map { Int($0) % (count + 1) } ?? 0
  let parts = scanned([octets[..<cut], octets[cut...]])
  precondition(parts == whole)
  guard whole.isComplete else { return 0 }
  precondition(octets[..<whole.used].suffix(3).elementsEqual([46, 13, 10]))
  var stuffed: [UInt8] = []
  var isLineStart = true
  for (index, octet) in whole.message.enumerated() {
    if isLineStart, octet == 46 { stuffed.append(46) }
    stuffed.append(octet)
    isLineStart = octet == 10 && index > 0 && whole.message[index - 1] == 13
  }
  let again = scanned([(stuffed + [46, 13, 10])[...]])
  precondition(again.isComplete && again.message == whole.message)
  var ends = LineEndCheck()
  ends.feed(whole.message)
  ends.finish()
  precondition(ends.hasBareLineEnd == whole.isBare && ends.hasNull == whole.hasNull)
  return 0
}

private struct Scanned: Equatable {
  var message: [UInt8] = []
  var used = 0
  var isComplete = false
  var isBare = false
  var hasNull = false
}

private func scanned(_ parts: [ArraySlice<UInt8>]) -> Scanned {
  var scanner = DataScanner()
  var result = Scanned()
  for part in parts where !scanner.isComplete {
    result.used += scanner.feed(Array(part).span, into: &result.message)
  }
  result.isComplete = scanner.isComplete
  result.isBare = scanner.hasBareLineEnd
  result.hasNull = scanner.hasNull
  return result
}
