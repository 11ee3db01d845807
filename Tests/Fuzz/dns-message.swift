// What a name server answers. RFC 1035 §4.1
@testable import Network

private let questions = DNSType.allCases.map { DNSQuestion(DNSName("example.com")!, $0) }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  guard count >= 13 else { return 0 }
  let message = UnsafeRawBufferPointer(start: bytes + 1, count: count - 1)
  let question = questions[Int(bytes[0]) % questions.count]
  let id = UInt16(bytes[1]) << 8 | UInt16(bytes[2])
  if case .answer(let answer) = DNSMessage.read(message, for: question, id: id) {
    precondition(!answer.records.isEmpty, "an answer has records")
  }
  return 0
}
