import Events
import Ledger
import Platform

/// A message that is filed: what its copies have in common.
struct FiledMessage {
  let id: MessageID
  /// Octets, without what is put before it on delivery.
  let size: UInt64
  /// The data key.
  let key: Key
  /// The event that brought it.
  let origin: Position

  init(_ id: MessageID, size: UInt64, key: Key, origin: Position) {
    self.id = id
    self.size = size
    self.key = key
    self.origin = origin
  }

  init(_ parcel: MessageParcel, origin: Position) {
    self.init(parcel.message, size: parcel.size, key: parcel.key, origin: origin)
  }

  var seal: Seal { .message(key, holders: []) }
}

/// Where one message goes, recipient by recipient, with what each copy takes of the room.
struct FilingPlan {
  /// One message row to be.
  struct Copy {
    let mailbox: MailboxID
    let user: UserID
    let domain: DomainID
    let uid: UID
    let prefix: [UInt8]
    let address: [UInt8]
    let flags: SystemFlags
    let keywords: [Keyword]
    let date: Timestamp

    func draft(_ message: FiledMessage) -> Draft {
      let filed = MessageFiled(
        uid: uid, size: message.size + UInt64(prefix.count), flags: flags, origin: message.origin,
        mailbox: mailbox, message: message.id, keywords: keywords, internalDate: date,
        prefix: prefix.isEmpty ? nil : prefix, address: address.isEmpty ? nil : address)
      return Draft(.messageFiled(filed), domain: domain, seal: message.seal)
    }
  }

  private let message: FiledMessage
  private let sender: [UInt8]
  private let time: Timestamp
  private(set) var copies: [Copy] = []
  /// The key slots of the users who get a copy.
  private(set) var keys: [UserID: Slot] = [:]
  private var byMailbox: [MailboxID: UID] = [:]
  private var userBytes: [UserID: UInt64] = [:]
  private var domainBytes: [DomainID: UInt64] = [:]
  private var terms: [DomainID: Terms] = [:]

  /// What holds for everybody in a domain, looked up once for all recipients.
  private struct Terms {
    let isOpen: Bool
    /// Octets of a message; 0 takes any.
    let limit: UInt64
    let room: Room
  }

  init(_ message: FiledMessage, sender: [UInt8], at time: Timestamp) {
    self.message = message
    self.sender = sender
    self.time = time
  }

  /// The events of the copies planned so far.
  var drafts: [Draft] { copies.map { $0.draft(message) } }

  /// Plans a copy for one recipient; a second address of the same mailbox makes no second copy.
  mutating func file(
    _ recipient: LocalRecipient, address: [UInt8], _ view: borrowing StateView
  ) throws -> Filing {
    guard let user = try view.user(recipient.user), !user.isDeleted,
      let mailbox = try mailbox(recipient, view)
    else { return .gone }
    if let uid = byMailbox[mailbox.id] { return .filed(mailbox: mailbox.id, uid: uid) }
    let terms = try terms(of: user.domain, view)
    guard terms.isOpen, try !view.value(Settings.userDisabled, for: .user(user.id)) else {
      return .disabled
    }
    guard terms.limit == 0 || message.size <= terms.limit else {
      return .tooLarge(limit: terms.limit)
    }
    let prefix = DeliveryPrefix.lines(sender: sender, recipient: address)
    let size = message.size + UInt64(prefix.count)
    if let full = try full(user, size, terms.room, view) {
      return .overQuota(limit: full.limit, used: full.used)
    }
    keys[user.id] = user.key
    add(
      Copy(
        mailbox: mailbox.id, user: user.id, domain: user.domain, uid: mailbox.uidNext,
        prefix: prefix, address: address, flags: [], keywords: [], date: time),
      size)
    return .filed(mailbox: mailbox.id, uid: mailbox.uidNext)
  }

  /// What is to be told of room that runs out.
  func warnings(_ view: borrowing StateView) throws -> [Draft] {
    var drafts: [Draft] = []
    for (id, bytes) in userBytes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let user = try view.user(id) else { continue }
      if let draft = try view.warning(of: user, added: bytes) { drafts.append(draft) }
    }
    for (id, bytes) in domainBytes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      if let draft = try view.warning(of: id, added: bytes) { drafts.append(draft) }
    }
    return drafts
  }

  /// The limit that the message would overshoot, if there is one.
  private func full(
    _ user: User, _ size: UInt64, _ shared: Room, _ view: borrowing StateView
  ) throws -> Room? {
    try view.shortage(
      of: user, size, userPlanned: userBytes[user.id] ?? 0,
      domainPlanned: domainBytes[user.domain] ?? 0, shared: shared)
  }

  private mutating func terms(
    of id: DomainID, _ view: borrowing StateView
  ) throws -> Terms {
    if let known = terms[id] { return known }
    let isDisabled = try view.value(Settings.domainDisabled, for: .domain(id))
    let found = Terms(
      isOpen: try !isDisabled && view.domain(id)?.isDeleted == false,
      limit: try view.messageLimit(of: id), room: try view.room(of: id))
    terms[id] = found
    return found
  }

  private func mailbox(
    _ recipient: LocalRecipient, _ view: borrowing StateView
  ) throws -> Mailbox? {
    if let mailbox = try view.mailbox(recipient.mailbox), !mailbox.isDeleted,
      mailbox.user == recipient.user
    {
      return mailbox
    }
    return try view.mailbox(named: .inbox, of: recipient.user)
  }

  private mutating func add(_ copy: Copy, _ size: UInt64) {
    copies.append(copy)
    byMailbox[copy.mailbox] = copy.uid
    userBytes[copy.user, default: 0] += size
    domainBytes[copy.domain, default: 0] += size
  }
}

extension StateView {
  /// The limit that `size` octets more would overshoot, of the user or of the domain, when others
  /// are planned for them already; nil where there is room.
  ///
  /// - Parameter shared: the domain's room, where it is known.
  func shortage(
    of user: User, _ size: UInt64, userPlanned: UInt64 = 0, domainPlanned: UInt64 = 0,
    shared: Room? = nil
  ) throws -> Room? {
    let own = try room(ofUserAlone: user.id)
    if own.left < size + userPlanned { return own }
    let shared = try shared ?? room(of: user.domain)
    return shared.left < size + domainPlanned ? shared : nil
  }
}
