import Events
import MailFormat
import Platform
import State

/// What becomes of a message's header as it is taken in: fields that are added, and on submission
/// what is completed, left out and refused. RFC 5321 §4.4, RFC 6409 §8
struct HeaderRules {
  /// All of it but the id of the message.
  let stamp: ReceivedStamp
  /// Who submits the message; nil where it comes from another server, whose header is its own.
  let submitter: User?

  /// Addresses that a From or Sender field may hold on submission.
  private static let mostSenders = 100
  /// Fields of which recipients must not see what a client left in. RFC 5322 §3.6.3, RFC 5321 §4.4
  private static let unsent = ["bcc", "resent-bcc", "return-path"].map { Array($0.utf8) }

  /// The header as it is kept, and what goes before it.
  func completed(_ header: [UInt8], _ tally: FieldTally, _ message: MessageID, _ node: Node)
    -> [UInt8]
  {
    var stamp = stamp
    stamp.id = Array(message.rawValue.description.utf8)
    var composer = HeaderComposer()
    composer.addReceived(stamp)
    guard submitter != nil else { return composer.octets + header }
    if tally.date == 0 { composer.addDate(stamp.date) }
    if tally.messageID == 0 {
      composer.addMessageID(
        MessageIdentifier(
          time: UInt64(clamping: node.clock.now().microseconds), random: node.entropy.uint64(),
          host: stamp.host))
    }
    return composer.octets + withoutUnsent(header)
  }

  private func withoutUnsent(_ header: [UInt8]) -> [UInt8] {
    let block = HeaderBlock(header)
    var kept: [UInt8] = []
    var start = 0
    for field in block.fields where Self.unsent.contains(where: { block.isNamed(field, $0) }) {
      kept += header[start..<field.lines.lowerBound]
      start = field.lines.upperBound
    }
    return start == 0 ? header : kept + header[start...]
  }

  /// Why the message is refused for its header: From or Sender that are not the submitter's own.
  func fault(of header: [UInt8], _ node: Node) throws -> Reply? {
    guard let submitter else { return nil }
    let block = HeaderBlock(header)
    let from = block.fields.filter { block.isNamed($0, Array("from".utf8)) }
    let sender = block.fields.filter { block.isNamed($0, Array("sender".utf8)) }
    guard from.count <= 1, sender.count <= 1 else { return .manySenders }
    for field in from + sender {
      let addresses = MailAddress.list(block.value(field), limit: Self.mostSenders)
      let mailboxes = addresses.filter { $0.host != nil }
      guard !mailboxes.isEmpty, addresses.count < Self.mostSenders else { return .foreignAuthor }
      let areOwn = try node.state.read { view in
        try mailboxes.allSatisfy { try view.isOwn(MailPath($0), of: submitter.id) }
      }
      guard areOwn else { return .foreignAuthor }
    }
    return nil
  }
}

extension MailPath {
  fileprivate init(_ address: MailAddress) {
    self.init(localPart: address.mailbox ?? [], domain: address.host ?? [])
  }
}

extension Reply {
  static let manySenders = Reply(550, "5.7.1", "More than one From or Sender field")
  static let foreignAuthor = Reply(
    550, "5.7.1", "The From or Sender field holds an address that is not one of yours")
}
