extension FieldTally {
  /// Counts a field of the message's own header.
  mutating func count(_ kind: FieldKind?) {
    fields += 1
    switch kind {
    case .date: date += 1
    case .from: from += 1
    case .sender: sender += 1
    case .to, .cc, .bcc: destinations += 1
    case .subject: subject += 1
    case .messageID: messageID += 1
    case .received: received += 1
    default: break
    }
  }
}
