extension Envelope {
  /// Takes in a field of the message's header.
  ///
  /// Destinations of repeated fields are joined (RFC 5322 §4.5.3); of any other field the first
  /// that says anything counts.
  mutating func take(_ kind: FieldKind, _ value: [UInt8], _ budget: inout ScanBudget) {
    switch kind {
    case .date: date = date ?? value
    case .subject: subject = subject ?? value
    case .inReplyTo: inReplyTo = inReplyTo ?? value
    case .messageID: messageID = messageID ?? value
    case .from: if from.isEmpty { from = budget.list(value) }
    case .sender: if sender.isEmpty { sender = budget.list(value) }
    case .replyTo: if replyTo.isEmpty { replyTo = budget.list(value) }
    case .to: to += budget.list(value)
    case .cc: cc += budget.list(value)
    case .bcc: bcc += budget.list(value)
    default: break
    }
  }

  /// Puts `from` in place of a missing sender and reply address. RFC 3501 §7.4.2
  mutating func complete() {
    if sender.isEmpty { sender = from }
    if replyTo.isEmpty { replyTo = from }
  }
}
