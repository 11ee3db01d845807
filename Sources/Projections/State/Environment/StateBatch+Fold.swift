import Events

extension StateBatch {
  /// Folds one event: a pure function of the rows and the event, so that every fold of a journal
  /// gives the same rows. What is erased, redacted or unknown changes nothing.
  func fold(_ recorded: Recorded) throws {
    let header = recorded.header
    if let feed = header.feed, let domain = header.domain {
      try changeUse(of: domain) { $0.feed = max($0.feed, feed) }
    }
    try rememberRequest(header)
    switch recorded.event {
    case .journalCreated(let event): try fold(event, header)
    case .domainAdded(let event): try fold(event, header)
    case .domainDeleted(let event): try fold(event, header)
    case .userAdded(let event): try fold(event, header)
    case .userDeleted(let event): try fold(event, header)
    case .userPasswordChanged(let event): try fold(event, header)
    case .userCRAMChanged(let event): try fold(event, header)
    case .aliasAdded, .aliasChanged, .aliasDeleted, .domainAliasAdded, .domainAliasDeleted:
      try foldAlias(recorded)
    case .settingChanged(let event):
      touchedSettings = true
      try fold(event, header)
    case .sessionSignedIn(let event): try fold(event, header)
    case .mailboxCreated, .mailboxDeleted, .mailboxRenamed, .mailboxSubscribed,
      .mailboxKeywordAdded:
      try foldMailbox(recorded)
    case .messageAccepted, .messageAddressed, .messageAppended, .messageFiled, .messageCopied,
      .messageFlagsChanged, .messageExpunged:
      try foldMessage(recorded)
    case .sourceBlocked, .sourceUnblocked, .abuseReported, .abuseCounted, .accessAdded,
      .accessRemoved, .greylistSeen, .greylistPassed:
      try foldProtection(recorded)
    case .messageQueued, .messageSent, .deliveryAdmitted, .deliveryBegun, .deliveryDeferred,
      .deliveryFailed, .deliveryDelayed, .spoolChanged:
      try foldSpool(recorded)
    case .bounceReceived(let event): try fold(event, header)
    case .responderAnswered(let event): try fold(event)
    case .domainThrottled(let event): try fold(event)
    case .userThrottled(let event): try fold(event)
    case .userDiskSpaceUsed(let event): try fold(event)
    case .domainDiskSpaceUsed(let event): try fold(event, header)
    case .epochSealed, .recordRedacted, .serverStarted, .serverStopped, .clockStepped,
      .storageResumed, .sessionRefused, .trafficSummarised, .auditRead, .unknown, .redacted:
      break
    }
  }

  private func foldProtection(_ recorded: Recorded) throws {
    let header = recorded.header
    switch recorded.event {
    case .sourceBlocked(let event): try fold(event, header)
    case .sourceUnblocked(let event): try fold(event, header)
    case .abuseReported(let event): try fold(event, header)
    case .abuseCounted(let event): try fold(event, header)
    case .accessAdded(let event): try fold(event, header)
    case .accessRemoved(let event): try fold(event, header)
    case .greylistSeen(let event): try fold(event, header)
    case .greylistPassed(let event): try fold(event, header)
    default: break
    }
  }

  private func foldAlias(_ recorded: Recorded) throws {
    let header = recorded.header
    switch recorded.event {
    case .aliasAdded(let event): try fold(event, header)
    case .aliasChanged(let event): try fold(event, header)
    case .aliasDeleted(let event): try fold(event, header)
    case .domainAliasAdded(let event): try fold(event, header)
    case .domainAliasDeleted(let event): try fold(event, header)
    default: break
    }
  }

  private func foldMailbox(_ recorded: Recorded) throws {
    let header = recorded.header
    switch recorded.event {
    case .mailboxCreated(let event): try fold(event, header)
    case .mailboxDeleted(let event): try fold(event, header)
    case .mailboxRenamed(let event): try fold(event, header)
    case .mailboxSubscribed(let event): try fold(event, header)
    case .mailboxKeywordAdded(let event): try fold(event, header)
    default: break
    }
  }

  private func foldMessage(_ recorded: Recorded) throws {
    let header = recorded.header
    switch recorded.event {
    case .messageAccepted(let event): fold(event, header)
    case .messageAddressed(let event): try fold(event, header)
    case .messageAppended(let event): fold(event, header)
    case .messageFiled(let event): try fold(event, header)
    case .messageCopied(let event): try fold(event, header)
    case .messageFlagsChanged(let event): try fold(event, header)
    case .messageExpunged(let event): try fold(event, header)
    default: break
    }
  }
}

extension StateBatch {
  /// Changes the counters of a domain in place.
  func changeUse(of domain: DomainID, _ change: (inout DomainUse) -> Void) throws {
    if domainUses[domain] == nil { domainUses[domain] = try use(of: domain) }
    change(&domainUses[domain, default: DomainUse()])
  }

  /// Changes the counters of a user in place.
  func changeUse(of user: UserID, _ change: (inout UserUse) -> Void) throws {
    if userUses[user] == nil { userUses[user] = try use(of: user) }
    change(&userUses[user, default: UserUse()])
  }

  /// Changes a mailbox in place and marks it as touched at `position`; nothing where there is none.
  func changeMailbox(
    _ id: MailboxID, at position: Position, _ change: (inout Mailbox) -> Void
  ) throws {
    guard try mailbox(id) != nil else { return }
    if let index = mailboxes.index(forKey: id) { change(&mailboxes.values[index]) }
    touched[id] = position
  }
}

extension UInt64 {
  /// A counter never goes below zero: a fold must not trap whatever it is given.
  mutating func subtract(_ other: UInt64) { self = self > other ? self - other : 0 }
}

extension UInt32 {
  mutating func subtract(_ other: UInt32) { self = self > other ? self - other : 0 }
}
