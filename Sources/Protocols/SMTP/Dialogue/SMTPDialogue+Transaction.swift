extension SMTPDialogue {
  /// MAIL. RFC 5321 §4.1.1.2
  mutating func begin(_ path: MailPath?, _ parameters: MailParameters) -> Reply {
    if case .none = greeting { return .outOfOrder }
    guard transaction == nil else { return .outOfOrder }
    if policy.role == .submission && !isAuthenticated {
      return policy.offersTLS && !isEncrypted && policy.plainMechanisms.isEmpty
        ? .tlsRequired : .authenticationRequired
    }
    if let path, path.isInternationalized, !parameters.isInternationalized { return .needsUTF8 }
    if let size = parameters.size, policy.maximumSize > 0, size > policy.maximumSize {
      return .tooBig
    }
    transaction = SMTPTransaction(sender: path, parameters: parameters)
    return Reply(250, "2.1.0", "Sender OK")
  }

  /// RCPT. RFC 5321 §4.1.1.3
  mutating func recipient(_ path: MailPath, _ parameters: RecipientParameters) -> SMTPAction {
    guard let transaction, transaction.chunkedOctets == nil else { return .reply(.outOfOrder) }
    if path.isInternationalized, !transaction.parameters.isInternationalized {
      return .reply(.needsUTF8)
    }
    let limit = policy.maximumRecipients
    if limit > 0, transaction.acceptedRecipients >= limit { return .reply(.tooManyRecipients) }
    self.transaction?.heardRecipients += 1
    return .resolve(path, parameters)
  }

  /// What the session found out about a recipient: its reply, positive when it was accepted.
  public mutating func heard(recipient reply: Reply) -> SMTPAction {
    if reply.isPositive {
      transaction?.acceptedRecipients += 1
      return .reply(reply)
    }
    return reply.code >= 500 ? countError(reply) : .reply(reply)
  }

  /// DATA. RFC 5321 §4.1.1.4
  func data() -> SMTPAction {
    guard let transaction, transaction.chunkedOctets == nil else { return .reply(.outOfOrder) }
    guard transaction.acceptedRecipients > 0 else { return .reply(.noRecipients) }
    if transaction.parameters.body == .binaryMIME { return .reply(.binaryNeedsChunks) }
    return .receiveData(.goAhead)
  }

  /// BDAT. The octets of a refused chunk are read all the same, so that none of them can be taken
  /// for a command. RFC 3030 §2
  mutating func chunk(_ size: UInt64, _ last: Bool) -> SMTPAction {
    guard let transaction else { return .dropChunk(size: size, .outOfOrder) }
    guard transaction.acceptedRecipients > 0 else { return .dropChunk(size: size, .noRecipients) }
    if let chunkFailure {
      if last { reset() }
      return .dropChunk(size: size, chunkFailure)
    }
    let (octets, overflowed) = (transaction.chunkedOctets ?? 0).addingReportingOverflow(size)
    if overflowed || (policy.maximumSize > 0 && octets > policy.maximumSize) {
      return refuseChunk(size, last, .tooBig)
    }
    self.transaction?.chunkedOctets = octets
    return .receiveChunk(size: size, last: last)
  }

  private mutating func refuseChunk(_ size: UInt64, _ last: Bool, _ reply: Reply) -> SMTPAction {
    fail(chunk: reply)
    if last { reset() }
    return .dropChunk(size: size, reply)
  }

  /// Refuses what remains of a message sent in chunks.
  public mutating func fail(chunk reply: Reply) { chunkFailure = reply }
}
