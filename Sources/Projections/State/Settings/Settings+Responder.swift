/// The auto-responder of a user. SPEC §3
extension Settings {
  public static let responderEnabled = Setting.toggle(
    "responder.enabled", standard: false, levels: [.user], by: .user,
    enforced: .at("acceptance of a message"), help: "Answer messages automatically")

  public static let responderSubject = text(
    "subject", .line, longest: 255, "Subject of the answers; by default `Auto: ` and the message's")

  public static let responderText = text(
    "text", .lines, longest: 16_384, "What the answers say; without it there are none")

  public static let responderFrom = text(
    "from", .day, longest: 10, "First day (UTC) on which messages are answered")

  public static let responderUntil = text(
    "until", .day, longest: 10, "Last day (UTC) on which messages are answered")

  /// Of a domain. SPEC §2.2
  static let oncePerDay = Setting.toggle(
    "responder.once_per_day", standard: true, levels: [.domain], by: .domain,
    enforced: .at("AnswerMessage"),
    help: "At most one automatic reply per mailbox, sender and day (UTC)")

  static let responder: [SettingDeclaration] = [
    responderEnabled.declaration, responderSubject.declaration, responderText.declaration,
    responderFrom.declaration, responderUntil.declaration,
  ]

  private static func text(
    _ name: String, _ shape: SettingText, longest: Int, _ help: String
  ) -> Setting<String> {
    .text(
      "responder.\(name)", shape, longest: longest, standard: "", privacy: .personal,
      levels: [.user], by: .user, enforced: .at("acceptance of a message"), help: help)
  }
}
