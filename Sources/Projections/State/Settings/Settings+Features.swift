/// Switches that hide a feature and enforce its absence; sharing; publication. SPEC §2.3, 2.5, 2.8
extension Settings {
  public static let catchAllsFeature = enforced(
    "catch_alls", at: "recipient resolution")

  public static let domainAliasesFeature = enforced("domain_aliases", at: "AddDomainAlias")

  static let features: [SettingDeclaration] = [
    feature("calendar", "calendars"),
    catchAllsFeature.declaration,
    feature("contacts", "contacts"),
    feature("content_filtering", "content filters"),
    serviceAccess.declaration,
    domainAliasesFeature.declaration,
    feature("domain_reports", "reports"),
    feature("email_reports", "reports"),
    feature("imap_retrieval", "retrieval"),
    feature("mail_signing", "mail signing"),
    feature("mailing_lists", "mailing lists"),
    feature("notes", "notes"),
    feature("pop_retrieval", "retrieval"),
    feature("spam_filtering", "spam filtering"),
    feature("syncml", "SyncML"),
    feature("tasks", "tasks"),
    feature("user_reports", "reports"),
  ]

  static let sharing: [SettingDeclaration] = [
    shared("address_list", "The global address list"),
    shared("calendars", "Sharing of calendars"),
    shared("contacts", "Sharing of contacts"),
    shared("folders", "Sharing of mail folders"),
    shared("notes", "Sharing of notes"),
    shared("tasks", "Sharing of tasks"),
  ]

  static let publication: [SettingDeclaration] = [
    published("alias_added"), published("alias_deleted"),
    published("calendar_reminder_occurred"), published("task_reminder_occurred"),
    published("message_received"), published("message_sent"),
    published("mailing_list_added"), published("mailing_list_deleted"),
    published("mailing_list_message_sent"),
    published("user_throttled"), published("domain_throttled"),
    published("user_added"), published("user_deleted"), published("user_disk_space_used"),
  ]

  private static func enforced(_ name: String, at places: String) -> Setting<Bool> {
    Setting.toggle(
      "feature.\(name)", standard: true, levels: [.domain], by: .system, enforced: .at(places),
      help: "The domain may use \(name.split(separator: "_").joined(separator: " "))")
  }

  private static func feature(_ name: String, _ awaits: String) -> SettingDeclaration {
    awaited(
      awaits, "feature.\(name)", .toggle, standard: "on",
      help: "The domain may use \(name.split(separator: "_").joined(separator: " "))")
  }

  private static func shared(_ name: String, _ what: String) -> SettingDeclaration {
    awaited(
      "sharing", "sharing.\(name)", .toggle, standard: "on", by: .domain,
      help: "\(what) inside the domain")
  }

  private static func published(_ name: String) -> SettingDeclaration {
    let words = name.split(separator: "_").joined(separator: " ")
    return awaited(
      "publication", "publish.\(name)", .toggle, standard: "on",
      help: "Publish `\(words)` to the domain's subscribers")
  }
}
