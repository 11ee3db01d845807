@testable import SMTP

/// Command lines, and the dialogue that hears them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  var dialogue = SMTPDialogue(
    SMTPPolicy(
      role: .relay, hostName: "mx.test", maximumSize: 1 << 20, maximumRecipients: 10,
      offersTLS: true, mechanisms: ["PLAIN"], plainMechanisms: [], maximumErrors: .max,
      verification: .everyone),
    isEncrypted: false)
  for line in octets.split(separator: 10, omittingEmptySubsequences: false) {
    switch dialogue.hear(SMTPCommand(Array(line))) {
    case .reply(let reply), .hangUp(let reply), .dropChunk(_, let reply), .receiveData(let reply):
      isOneReply(reply)
    case .resolve(let path, _):
      precondition(path.localPart.count <= 64 && path.domain.count <= 255)
      _ = dialogue.heard(recipient: .ok)
    case .startTLS: dialogue.heardHandshake()
    case .receiveChunk, .authenticate, .verify: break
    }
  }
  return 0
}

private func isOneReply(_ reply: Reply) {
  let bytes = reply.bytes
  precondition(bytes.suffix(2).elementsEqual([13, 10]))
  for line in bytes.split(separator: 10) {
    precondition(line.last == 13 && line.count <= 511 && line.dropLast().allSatisfy { $0 >= 32 })
  }
}
