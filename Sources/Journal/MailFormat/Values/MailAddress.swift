/// One member of an address list, in the four parts in which IMAP shows it. RFC 3501 §7.4.2
///
/// A mailbox has both `mailbox` and `host` (either may be empty where the sender wrote none). A
/// group begins with a member whose `host` is nil and whose `mailbox` is the group's name, and ends
/// with a member where both are nil. Values are raw bytes without quoting, comments or folding and
/// never contain CR, LF or NUL; encoded words are left as they are.
public struct MailAddress: Hashable, Sendable {
  /// The display name, or else the text of the last comment.
  public var name: [UInt8]?
  /// The source route of an obsolete address, such as `@a,@b`. RFC 5322 §4.4
  public var route: [UInt8]?
  /// The local part without quoting, or the name of a group that begins here.
  public var mailbox: [UInt8]?
  /// The domain, or nil on the two markers of a group.
  public var host: [UInt8]?

  public init(
    name: [UInt8]? = nil, route: [UInt8]? = nil, mailbox: [UInt8]? = nil, host: [UInt8]? = nil
  ) {
    self.name = name
    self.route = route
    self.mailbox = mailbox
    self.host = host
  }

  /// The marker that opens the group `name`.
  public static func groupStart(_ name: [UInt8]) -> MailAddress {
    MailAddress(mailbox: name)
  }

  /// The marker that closes a group.
  public static let groupEnd = MailAddress()

  public var isGroupStart: Bool { host == nil && mailbox != nil }
  public var isGroupEnd: Bool { host == nil && mailbox == nil }
}
