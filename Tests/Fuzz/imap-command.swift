@testable import IMAP

/// Commands with their literals; bytes once malformed stay so, and a beginning stays a beginning.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  let whole = outcome(octets)
  let cut = octets.first.map { Int($0) % (count + 1) } ?? 0
  let part = outcome(Array(octets[..<cut]))
  if part == .malformed { precondition(whole == .malformed) }
  if whole == .value, cut < count { precondition(part == .incomplete) }
  _ = LiteralHeader(endOf: octets)
  _ = ModifiedUTF7.encode(String(decoding: octets, as: UTF8.self))
  return 0
}

private enum Outcome { case value, incomplete, malformed, unknown }

private func outcome(_ octets: [UInt8]) -> Outcome {
  var parser = Parser(octets)
  do throws(SyntaxFailure) {
    _ = try parser.tag()
    try parser.space()
    guard let entry = try parser.verb() else { return .unknown }
    _ = try parser.arguments(of: entry)
    return .value
  } catch {
    if case .incomplete = error { return .incomplete }
    return .malformed
  }
}
