/// Limits and budgets of connections, the same for every domain. SPEC §2.9
extension Settings {
  public static let smtpConnections = connections("smtp", 2_000)
  public static let imapConnections = connections("imap", 50_000)
  public static let popConnections = connections("pop", 2_000)
  public static let smtpPerAddress = perAddress("smtp", 50)
  public static let imapPerAddress = perAddress("imap", 200)
  public static let popPerAddress = perAddress("pop", 50)

  /// RFC 5321 §4.5.3.2.7
  public static let smtpIdle = idle("smtp", 10...3_600, 300, "between two SMTP commands")
  /// RFC 3501 §5.4: at least 30 minutes once signed in
  public static let imapIdle = idle("imap", 1_800...86_400, 1_860, "of an IMAP client that is idle")
  /// RFC 1939 §3: at least 10 minutes
  public static let popIdle = idle("pop", 600...3_600, 600, "between two POP3 commands")
  public static let signInTime = Setting.number(
    "authentication.time", 5...600, standard: 60, unit: .seconds, levels: [.system], by: .system,
    enforced: .at("IMAP, POP3"), help: "Time that a new connection has to sign in")

  public static let badCommands = Setting.number(
    "connection.bad_commands", 1...1_000, standard: 20, unit: .commands, levels: [.system],
    by: .system, enforced: .at("SMTP, IMAP, POP3"),
    help: "Unknown or malformed commands after which a connection is closed")

  public static let unknownRecipients = Setting.number(
    "smtp.unknown_recipients", 1...1_000, standard: 20, unit: .recipients, levels: [.system],
    by: .system, enforced: .at("SMTP RCPT (421)"),
    help: "Unknown recipients after which a connection is closed")

  public static let messagesPerConnection = Setting.number(
    "smtp.messages_per_connection", 1...1_000_000, zero: "unlimited", standard: 1_000,
    unit: .messages, levels: [.system], by: .system, enforced: .at("SMTP MAIL (421)"),
    help: "Messages after which a connection is closed")

  public static let verifyPolicy = Setting.choice(
    "smtp.vrfy", standard: VerifyPolicy.decline, levels: [.system], by: .system,
    enforced: .at("SMTP VRFY, EXPN"), help: "Who is told whether an address exists")

  public static let workerThreads = Setting.number(
    "worker.threads", 1...256, zero: "one per core and two more", standard: 0, unit: .threads,
    levels: [.system], by: .system, enforced: .at("Node"),
    help: "Threads for password hashing and disk reads")

  static let connections: [SettingDeclaration] = [
    smtpConnections.declaration, imapConnections.declaration, popConnections.declaration,
    smtpPerAddress.declaration, imapPerAddress.declaration, popPerAddress.declaration,
    smtpIdle.declaration, imapIdle.declaration, popIdle.declaration, signInTime.declaration,
    badCommands.declaration, unknownRecipients.declaration, messagesPerConnection.declaration,
    verifyPolicy.declaration, workerThreads.declaration,
  ]

  private static func connections(_ service: String, _ standard: Int) -> Setting<Int> {
    .number(
      "\(service).connections", 1...1_000_000, standard: standard, unit: .connections,
      levels: [.system], by: .system, enforced: .at("listeners"),
      help: "Connections to \(service.uppercased()) at once")
  }

  private static func perAddress(_ service: String, _ standard: Int) -> Setting<Int> {
    .number(
      "\(service).connections_per_address", 1...1_000_000, standard: standard,
      unit: .connections, levels: [.system], by: .system, enforced: .at("listeners"),
      help: "Connections to \(service.uppercased()) at once from one address")
  }

  private static func idle(
    _ service: String, _ range: ClosedRange<Int>, _ standard: Int, _ what: String
  ) -> Setting<Int> {
    .number(
      "\(service).idle_time", range, standard: standard, unit: .seconds, levels: [.system],
      by: .system, enforced: .at("\(service.uppercased()) sessions"), help: "Longest time \(what)")
  }
}
