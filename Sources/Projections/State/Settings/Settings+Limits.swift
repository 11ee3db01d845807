/// Limits of a domain and of its users. 0 means unlimited. SPEC §2.4
extension Settings {
  public static let diskSpace = Setting.number(
    "limit.disk_space", 1...1_000_000_000, zero: "unlimited", standard: 500, unit: .megabytes,
    levels: [.domain], by: .system,
    enforced: .at("SMTP RCPT; AcceptMessage, AppendMessage, CopyMessages"),
    help: "Disk space of the whole domain")

  public static let mailboxSize = Setting.number(
    "limit.mailbox_size", 1...1_000_000_000, zero: "unlimited", standard: 0, unit: .megabytes,
    levels: [.domain, .user], by: .domain,
    enforced: .at("SMTP RCPT; AcceptMessage, AppendMessage, CopyMessages"),
    help: "Size of one user's mailboxes together")

  public static let users = Setting.number(
    "limit.users", 1...10_000_000, zero: "unlimited", standard: 100, unit: .users,
    levels: [.domain], by: .system, enforced: .at("AddUser"), help: "Users of the domain")

  public static let userAliases = Setting.number(
    "limit.user_aliases", 1...10_000_000, zero: "unlimited", standard: 1_000, unit: .accounts,
    levels: [.domain], by: .system, enforced: .at("AddAlias"), help: "User aliases of the domain")

  public static let domainAliases = Setting.number(
    "limit.domain_aliases", 1...10_000_000, zero: "unlimited", standard: 2, unit: .accounts,
    levels: [.domain], by: .system, enforced: .at("AddDomainAlias"), help: "Domain aliases")

  public static let messageSize = Setting.number(
    "limit.message_size", 1...4_194_304, zero: "unlimited", standard: 10_000, unit: .kilobytes,
    levels: [.domain], by: .system,
    enforced: .at("EHLO SIZE, MAIL, RCPT (552 5.3.4); AcceptMessage, AppendMessage"),
    help: "Size of one message as transferred")

  public static let recipients = Setting.number(
    "limit.recipients", 1...1_000, zero: "unlimited, which is 1,000", standard: 200,
    unit: .recipients, levels: [.domain], by: .system,
    enforced: .at("SMTP RCPT (452 4.5.3); AcceptMessage"),
    help: "Recipients of one message that the domain's users send")

  static let limits: [SettingDeclaration] = [
    diskSpace.declaration, mailboxSize.declaration, users.declaration, messageSize.declaration,
    recipients.declaration,
    domainAliases.declaration, userAliases.declaration,
    counted("mailing lists", "limit.mailing_lists", 0, "Mailing lists of the domain"),
    counted("retrieval", "limit.pop_retrieval_accounts", 10, "POP retrieval accounts per user"),
    counted("retrieval", "limit.imap_retrieval_accounts", 10, "IMAP retrieval accounts per user"),
  ]

  private static func counted(
    _ feature: String, _ key: String, _ standard: Int, _ what: String
  ) -> SettingDeclaration {
    awaited(
      feature, key, .number(1...10_000_000, zero: "unlimited"), unit: .accounts,
      standard: String(standard), help: what)
  }
}
