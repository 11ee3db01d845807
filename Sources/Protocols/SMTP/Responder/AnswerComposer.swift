import Events
import Ledger
import MailFormat
import Platform
import State

/// Puts the answer of an auto-responder together. RFC 3834 §3
struct AnswerComposer {
  /// The longest subject that is repeated, in octets of the field. RFC 3834 §3.1.5
  private static let longestSubject = 200

  let node: Node
  let hostName: String

  /// The answer, sealed, and its body that travels with the request.
  func answer(
    _ message: AnswerableMessage, from responder: Responder, to sender: [UInt8]
  ) -> (parcel: MessageParcel, body: SealedBody) {
    let octets = header(message, responder, sender) + [13, 10] + body(responder.text)
    let key = node.entropy.key()
    var scanner = MessageScanner()
    scanner.feed(octets)
    let facts = scanner.finish()
    let body = ContentSealer.seal(octets, dataKey: key, entropy: node.entropy)
    let parcel = MessageParcel(
      message: MessageID(rawValue: node.entropy.timedID(at: node.clock.now())), content: body.id,
      key: key, size: body.plainLength, sha256: body.sha256, travels: true,
      envelope: EncodedEnvelope(facts.envelope), structure: EncodedStructure(facts.structure))
    return (parcel, body)
  }

  private func header(
    _ message: AnswerableMessage, _ responder: Responder, _ sender: [UInt8]
  ) -> [UInt8] {
    let now = node.clock.now()
    var header = HeaderComposer()
    header.addDate(MailDate(seconds: now.seconds))
    var author = MailAddress(sender: responder.address)
    author.name = responder.displayName.isEmpty ? nil : Array(responder.displayName.utf8)
    header.add("From", addresses: [author])
    header.add("To", addresses: [MailAddress(sender: sender)])
    if responder.subject.isEmpty {
      let subject = EncodedWords.decode(Array(message.subject.prefix(Self.longestSubject)))
      header.add("Subject", text: Array("Auto: ".utf8) + subject)
    } else {
      header.add("Subject", text: Array(responder.subject.utf8))
    }
    header.addMessageID(
      MessageIdentifier(
        time: UInt64(clamping: now.microseconds), random: node.entropy.uint64(),
        host: Array(hostName.utf8)))
    if let identifier = message.identifier {
      header.add("In-Reply-To", words: [identifier.bracketed])
      header.add(
        "References", words: message.references.map(\.bracketed) + [identifier.bracketed])
    }
    header.add("Auto-Submitted", words: [Array("auto-replied".utf8)])
    header.add("MIME-Version", words: [Array("1.0".utf8)])
    header.add(
      "Content-Type", words: [Array("text/plain;".utf8), Array("charset=utf-8".utf8)])
    header.add("Content-Transfer-Encoding", words: [Array("base64".utf8)])
    return header.octets
  }

  /// Base64 takes any text through any relay. RFC 2045 §6.8
  private func body(_ text: String) -> [UInt8] {
    var lines: [UInt8] = []
    for octet in text.utf8 { lines += octet == 10 ? [13, 10] : [octet] }
    let coded = Base64.encode(lines + [13, 10])
    var body: [UInt8] = []
    for (number, octet) in coded.enumerated() {
      if number > 0, number % 76 == 0 { body += [13, 10] }
      body.append(octet)
    }
    return body + [13, 10]
  }
}

extension MailAddress {
  /// Of an address as envelopes carry it.
  fileprivate init(sender: [UInt8]) {
    let at = sender.lastIndex(of: UInt8(ascii: "@")) ?? sender.endIndex
    self.init(mailbox: Array(sender[..<at]), host: Array(sender[at...].dropFirst()))
  }
}
