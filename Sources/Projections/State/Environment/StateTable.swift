/// The tables of State. Names are frozen: they are part of the logical digest.
enum StateTable: Int, CaseIterable {
  /// One row: the log, the server's own key.
  case server
  case domain
  case domainName
  case domainUse
  case user
  case userUse
  case domainUser
  case address
  case alias
  case domainAlias
  case setting
  case mailbox
  case mailboxName
  case keyword
  case subscription
  case message
  case content
  case prefix
  case signIn
  case request
  case requestOrder
  case purge
  case spool
  case spoolRecipient
  case spoolDue
  case spoolOrder
  case throttle
  case responder
  case access
  case block
  case abuse
  case abuseOrder
  case greylist
  case greylistOrder
  /// Checkpoint and format; not folded from events, so outside the digest.
  case meta
  /// Content ids that no row holds any more, until the content store has heard of them; a queue,
  /// not a fold, so outside the digest.
  case freed

  /// Changes with every change of a row's layout or of a fold; another format is folded anew.
  static let format: UInt64 = 6

  /// Whether the table is a fold of the journal and nothing else.
  var isFolded: Bool { self != .meta && self != .freed }

  /// The name in the environment.
  var name: String {
    switch self {
    case .domainName: "domain_name"
    case .domainUse: "domain_use"
    case .domainAlias: "domain_alias"
    case .userUse: "user_use"
    case .domainUser: "domain_user"
    case .mailboxName: "mailbox_name"
    case .signIn: "sign_in"
    case .requestOrder: "request_order"
    case .abuseOrder: "abuse_order"
    case .greylistOrder: "greylist_order"
    case .spoolRecipient: "spool_recipient"
    case .spoolDue: "spool_due"
    case .spoolOrder: "spool_order"
    default: "\(self)"
    }
  }
}
