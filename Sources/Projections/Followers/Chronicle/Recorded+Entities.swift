import Events
import Platform

extension Recorded {
  /// The users, mailboxes, messages and sessions the event speaks of, each once.
  var entities: Set<ID> {
    var ids: Set<ID> = []
    if let actor = header.actor.user { ids.insert(actor.rawValue) }
    if let session = header.session { ids.insert(session.rawValue) }
    event.insertPeople(into: &ids)
    event.insertMail(into: &ids)
    return ids
  }
}

extension Event {
  fileprivate func insertPeople(into ids: inout Set<ID>) {
    switch self {
    case .userAdded(let event): ids.insert(event.user.rawValue)
    case .userDeleted(let event): ids.insert(event.user.rawValue)
    case .userPasswordChanged(let event): ids.insert(event.user.rawValue)
    case .userCRAMChanged(let event): ids.insert(event.user.rawValue)
    case .settingChanged(let event): if let user = event.user { ids.insert(user.rawValue) }
    case .sessionSignedIn(let event): ids.insert(event.user.rawValue)
    case .sessionRefused(let event): if let user = event.user { ids.insert(user.rawValue) }
    case .mailboxSubscribed(let event): ids.insert(event.user.rawValue)
    case .recordRedacted(let event): if let subject = event.subject { ids.insert(subject) }
    default: break
    }
  }

  fileprivate func insertMail(into ids: inout Set<ID>) {
    switch self {
    case .mailboxCreated(let event): ids.formUnion([event.user.rawValue, event.mailbox.rawValue])
    case .mailboxDeleted(let event): ids.formUnion([event.user.rawValue, event.mailbox.rawValue])
    case .mailboxRenamed(let event): ids.formUnion([event.user.rawValue, event.mailbox.rawValue])
    case .mailboxKeywordAdded(let event): ids.insert(event.mailbox.rawValue)
    case .messageAccepted(let event):
      ids.insert(event.message.rawValue)
      if let user = event.authenticated { ids.insert(user.rawValue) }
    case .messageAddressed(let event): ids.insert(event.message.rawValue)
    case .messageAppended(let event): ids.insert(event.message.rawValue)
    case .messageFiled(let event): ids.formUnion([event.message.rawValue, event.mailbox.rawValue])
    case .messageCopied(let event): ids.formUnion([event.from.rawValue, event.to.rawValue])
    case .messageFlagsChanged(let event): ids.insert(event.mailbox.rawValue)
    case .messageExpunged(let event): ids.insert(event.mailbox.rawValue)
    default: break
    }
  }
}
