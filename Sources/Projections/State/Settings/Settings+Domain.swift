/// Options and technical settings of a domain. SPEC §2.1, §2.2
extension Settings {
  public static let domainDisabled = Setting.toggle(
    "domain.disabled", standard: false, levels: [.domain], by: .system,
    enforced: .at("sign-in, SMTP RCPT and MAIL, AcceptMessage"),
    help: "No sending, no receiving (550 5.2.1), no sign-in; nothing is deleted")

  public static let catchAll = Setting.text(
    "domain.catch_all", .localPart, longest: 64, standard: "", privacy: .personal,
    levels: [.domain], by: .domain, enforced: .at("recipient resolution"),
    help: "The user or alias of the domain that takes mail for addresses which nobody has")

  static let options: [SettingDeclaration] = [
    awaited(
      "renaming of domains", "domain.name", .text(.hostName, longest: 253), standard: "",
      help: "The domain's name; given at its creation"),
    awaited(
      "addresses per domain", "domain.address", .text(.address, longest: 45), standard: "all",
      help: "The address on which this domain answers SMTP, POP and IMAP and from which it sends"),
    awaited(
      "domain folders", "domain.folder", .text(.path, longest: 1_024), standard: "",
      help: "The domain's own directory; by default <data>/domains/<domain-id>"),
    awaited(
      "mailing lists", "domain.list_command_address", .text(.localPart, longest: 64),
      standard: "listserv", by: .domain, help: "The address that takes list commands"),
    awaited(
      "changing the primary administrator", "domain.administrator",
      .text(.localPart, longest: 64), standard: "", privacy: .personal,
      help: "The primary domain administrator; given at the domain's creation"),
    awaited(
      "changing the primary administrator", "domain.administrator_password",
      .text(.line, longest: 1_024), standard: "", privacy: .secret,
      help: "Its password; use `daybook user passwd`"),
    domainDisabled.declaration, catchAll.declaration,
  ]

  public static let requireAuthentication = Setting.toggle(
    "smtp.require_authentication", standard: true, levels: [.domain], by: .domain,
    enforced: .at("SMTP MAIL"),
    help: "A sender address of the domain is accepted only from a user who signed in")

  static let technical: [SettingDeclaration] = [
    port("smtp.port", 25, "SMTP"),
    port("smtp.alternate_port", 587, "SMTP, beside the usual one"),
    awaited(
      "listeners per domain", "smtp.alternate_port_enabled", .toggle, standard: "off",
      help: "Whether the domain answers SMTP on its alternate port"),
    port("pop.port", 110, "POP3"),
    port("imap.port", 143, "IMAP"),
    port("ldap.port", 389, "LDAP"),
    exclusions("spam levels", "responder.exclusions", "do not auto-respond to"),
    exclusions("forwarding", "forwarding.exclusions", "do not forward automatically"),
    requireAuthentication.declaration,
    oncePerDay.declaration,
    greylistDisabled.declaration,
    awaited(
      "LDAP", "ldap.hiding_allowed", .toggle, standard: "off", by: .domain,
      help: "Users may hide from the global address list"),
  ]

  private static func port(
    _ key: String, _ standard: Int, _ service: String
  ) -> SettingDeclaration {
    awaited(
      "listeners per domain", key, .number(1...65_535, zero: nil), unit: .port,
      standard: String(standard), help: "The port on which this domain answers \(service)")
  }

  private static func exclusions(
    _ feature: String, _ key: String, _ what: String
  ) -> SettingDeclaration {
    awaited(
      feature, key, .choice(["none", "low", "medium", "high"]), standard: "none", by: .domain,
      help: "At this spam level and above, \(what)")
  }
}
