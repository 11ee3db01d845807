/// Does one thing with the payload of an event, whatever its type is.
protocol PayloadVisitor {
  mutating func visit<Payload: EventPayload>(_ payload: Payload)
}

extension Event {
  /// Hands the payload to `visitor`; an unknown or redacted event has none.
  func accept(_ visitor: inout some PayloadVisitor) {
    switch self {
    case .journalCreated(let payload): visitor.visit(payload)
    case .epochSealed(let payload): visitor.visit(payload)
    case .recordRedacted(let payload): visitor.visit(payload)
    case .serverStarted(let payload): visitor.visit(payload)
    case .serverStopped(let payload): visitor.visit(payload)
    case .clockStepped(let payload): visitor.visit(payload)
    case .storageResumed(let payload): visitor.visit(payload)
    case .domainAdded(let payload): visitor.visit(payload)
    case .domainDeleted(let payload): visitor.visit(payload)
    case .userAdded(let payload): visitor.visit(payload)
    case .userDeleted(let payload): visitor.visit(payload)
    case .userPasswordChanged(let payload): visitor.visit(payload)
    case .userCRAMChanged(let payload): visitor.visit(payload)
    case .aliasAdded(let payload): visitor.visit(payload)
    case .aliasChanged(let payload): visitor.visit(payload)
    case .aliasDeleted(let payload): visitor.visit(payload)
    case .domainAliasAdded(let payload): visitor.visit(payload)
    case .domainAliasDeleted(let payload): visitor.visit(payload)
    case .settingChanged(let payload): visitor.visit(payload)
    case .mailboxCreated(let payload): visitor.visit(payload)
    case .mailboxDeleted(let payload): visitor.visit(payload)
    case .mailboxRenamed(let payload): visitor.visit(payload)
    case .mailboxSubscribed(let payload): visitor.visit(payload)
    case .mailboxKeywordAdded(let payload): visitor.visit(payload)
    case .messageAccepted(let payload): visitor.visit(payload)
    case .messageAddressed(let payload): visitor.visit(payload)
    case .messageAppended(let payload): visitor.visit(payload)
    case .messageFiled(let payload): visitor.visit(payload)
    case .messageCopied(let payload): visitor.visit(payload)
    case .messageFlagsChanged(let payload): visitor.visit(payload)
    case .messageExpunged(let payload): visitor.visit(payload)
    case .messageQueued(let payload): visitor.visit(payload)
    case .messageSent(let payload): visitor.visit(payload)
    case .deliveryAdmitted(let payload): visitor.visit(payload)
    case .deliveryBegun(let payload): visitor.visit(payload)
    case .deliveryDeferred(let payload): visitor.visit(payload)
    case .deliveryFailed(let payload): visitor.visit(payload)
    case .deliveryDelayed(let payload): visitor.visit(payload)
    case .spoolChanged(let payload): visitor.visit(payload)
    case .bounceReceived(let payload): visitor.visit(payload)
    case .userThrottled(let payload): visitor.visit(payload)
    case .domainThrottled(let payload): visitor.visit(payload)
    case .userDiskSpaceUsed(let payload): visitor.visit(payload)
    case .domainDiskSpaceUsed(let payload): visitor.visit(payload)
    case .sessionSignedIn(let payload): visitor.visit(payload)
    case .sessionRefused(let payload): visitor.visit(payload)
    case .trafficSummarised(let payload): visitor.visit(payload)
    case .auditRead(let payload): visitor.visit(payload)
    case .unknown, .redacted: break
    }
  }
}
