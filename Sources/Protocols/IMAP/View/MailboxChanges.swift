import Events
import State

/// What has changed in a mailbox since a session's view of it.
struct MailboxChanges: Sendable {
  /// The mailbox is no more.
  var isGone = false
  /// Whether the view equals the mailbox as of `seen` once it has taken these in.
  var isWhole = false
  /// The position up to which these are all the changes.
  var seen = Position.zero
  /// Sorted ranges of UIDs.
  var expunged: [ClosedRange<UInt32>] = []
  var added: [ClosedRange<UInt32>] = []
  /// Those of the added ones that this session is the first to hear of.
  var recent: [ClosedRange<UInt32>] = []
  /// Messages whose flags the client does not know, by ascending UID.
  var flags: [FlagsOfMessage] = []
  /// All keywords of the mailbox, where there are new ones.
  var keywords: [Flag]?
}

/// A message and its flags.
struct FlagsOfMessage: Hashable, Sendable {
  let uid: UInt32
  let system: SystemFlags
  /// By number.
  let keywords: UInt64

  init(_ uid: UInt32, _ row: MessageRow) {
    self.uid = uid
    system = row.flags
    keywords = row.keywords
  }
}

extension ResponseWriter {
  // message-data = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att))
  mutating func expunged(_ number: UInt32) {
    raw("* ")
    self.number(number)
    raw(" EXPUNGE\r\n")
  }

  /// A FETCH response with flags; nothing where the view does not have the message.
  mutating func flags(of message: FlagsOfMessage, in view: MailboxView, withUID: Bool) {
    guard let number = view.uids.number(of: message.uid) else { return }
    raw("* ")
    self.number(number)
    raw(" FETCH (")
    if withUID {
      raw("UID ")
      self.number(message.uid)
      space()
    }
    raw("FLAGS ")
    var system = FlagList.System(message.system)
    if view.recent.contains(message.uid) { system.insert(.recent) }
    flags(system, keywords: message.keywords, names: view.keywords)
    raw(")\r\n")
  }
}
