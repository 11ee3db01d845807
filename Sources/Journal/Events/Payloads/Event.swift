/// One fact, kept in the journal for ever.
///
/// Cases carry only what was known at the time. A released version is never edited: a new shape is a
/// new version with an upcaster, and its bytes are frozen in `Tests/Golden/Events`.
public enum Event: Hashable, Sendable {
  case journalCreated(JournalCreated)
  case epochSealed(EpochSealed)
  case recordRedacted(RecordRedacted)
  case serverStarted(ServerStarted)
  case serverStopped(ServerStopped)
  case clockStepped(ClockStepped)
  case storageResumed(StorageResumed)
  case domainAdded(DomainAdded)
  case domainDeleted(DomainDeleted)
  case userAdded(UserAdded)
  case userDeleted(UserDeleted)
  case userPasswordChanged(UserPasswordChanged)
  case userCRAMChanged(UserCRAMChanged)
  case settingChanged(SettingChanged)
  case mailboxCreated(MailboxCreated)
  case mailboxDeleted(MailboxDeleted)
  case mailboxRenamed(MailboxRenamed)
  case mailboxSubscribed(MailboxSubscribed)
  case mailboxKeywordAdded(MailboxKeywordAdded)
  case messageAccepted(MessageAccepted)
  case messageAddressed(MessageAddressed)
  case messageAppended(MessageAppended)
  case messageFiled(MessageFiled)
  case messageCopied(MessageCopied)
  case messageFlagsChanged(MessageFlagsChanged)
  case messageExpunged(MessageExpunged)
  case sessionSignedIn(SessionSignedIn)
  case sessionRefused(SessionRefused)
  case trafficSummarised(TrafficSummarised)
  case sourceBlocked(SourceBlocked)
  case sourceUnblocked(SourceUnblocked)
  case abuseReported(AbuseReported)
  case abuseCounted(AbuseCounted)
  case accessAdded(AccessAdded)
  case accessRemoved(AccessRemoved)
  case greylistSeen(GreylistSeen)
  case greylistPassed(GreylistPassed)
  case auditRead(AuditRead)
  /// A type or version that this program does not know; it changes nothing here.
  case unknown(EventType)
  /// A record of which only the leaf hash is left.
  case redacted
}
