/// Who may sign in, how, and to which service. SPEC §2.2, §2.3
extension Settings {
  public static let plainWithoutTLS = Setting.toggle(
    "authentication.plain_without_tls", standard: false, levels: [.domain], by: .system,
    enforced: .at("sign-in"), help: "Allow PLAIN, LOGIN and USER on a connection without TLS")

  public static let cramMD5 = Setting.toggle(
    "authentication.cram_md5", standard: false, levels: [.domain], by: .system,
    enforced: .at("sign-in, ChangePassword"),
    help: "Offer CRAM-MD5; usable from a user's next password change or PLAIN sign-in")

  public static let passwordIterations = Setting.number(
    "authentication.password_iterations", 4_096...10_000_000, standard: 50_000, unit: .iterations,
    levels: [.system], by: .system, enforced: .at("making of password verifiers"),
    help: "PBKDF2 rounds of new SCRAM-SHA-256 verifiers")

  public static let signInAttempts = Setting.number(
    "authentication.attempts_per_connection", 1...100, standard: 5, unit: .attempts,
    levels: [.system], by: .system, enforced: .at("sign-in"),
    help: "Failed sign-ins after which a connection is closed")

  static let signIn: [SettingDeclaration] = [
    plainWithoutTLS.declaration, cramMD5.declaration, passwordIterations.declaration,
    signInAttempts.declaration,
  ]

  /// SPEC §2.3: the switch that lets domain administrators use the switches below.
  public static let serviceAccess = Setting.toggle(
    "feature.service_access", standard: true, levels: [.domain], by: .system,
    enforced: .at("ChangeSettings"),
    help: "The domain administrator may switch services per user")

  public static let userDisabled = Setting.toggle(
    "user.disabled", standard: false, levels: [.user], by: .domain,
    enforced: .at("sign-in, SMTP RCPT, AcceptMessage"),
    help: "The user may not sign in and receives nothing (550 5.2.1); nothing is deleted")

  public static let displayName = Setting.text(
    "user.display_name", .line, longest: 200, standard: "", privacy: .personal, levels: [.user],
    by: .user, enforced: .at("Directory"), help: "The user's name as people read it")

  public static let plusAddressing = Setting.toggle(
    "user.plus_addressing", standard: true, levels: [.domain, .user], by: .user,
    enforced: .at("recipient resolution"),
    help: "Mail to user+folder@ reaches the user, in that folder where it exists")

  public static let popService = service("pop", "POP3")
  public static let imapService = service("imap", "IMAP")
  public static let smtpService = service("smtp", "SMTP submission")

  static let services: [SettingDeclaration] = [
    userDisabled.declaration, displayName.declaration, plusAddressing.declaration,
    popService.declaration, imapService.declaration, smtpService.declaration,
    awaited(
      "the web client", "service.webmail", .toggle, standard: "on", levels: [.domain, .user],
      by: .domain, help: "The user may use the web client"),
  ]

  private static func service(_ name: String, _ title: String) -> Setting<Bool> {
    .toggle(
      "service.\(name)", standard: true, levels: [.domain, .user], by: .domain,
      enforced: .at("sign-in"), help: "The user may use \(title)")
  }
}
