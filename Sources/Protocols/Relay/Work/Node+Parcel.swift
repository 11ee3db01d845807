import Events
import Ledger
import MailFormat
import Platform
import State

extension Node {
  /// A message that this server wrote, sealed and ready to be accepted. It is small.
  func sealed(_ octets: [UInt8]) -> (MessageParcel, SealedBody) {
    var scanner = MessageScanner()
    scanner.feed(octets)
    let facts = scanner.finish()
    let key = entropy.key()
    let body = ContentSealer.seal(octets, dataKey: key, entropy: entropy)
    let parcel = MessageParcel(
      message: MessageID(rawValue: entropy.id()), content: body.id, key: key,
      size: body.plainLength, sha256: body.sha256, travels: true,
      envelope: EncodedEnvelope(facts.envelope), structure: EncodedStructure(facts.structure))
    return (parcel, body)
  }
}
