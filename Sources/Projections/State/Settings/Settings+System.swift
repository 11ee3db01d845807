/// The host, its listeners, certificates, log and upkeep. SPEC §2.9
extension Settings {
  public static let hostName = Setting.text(
    "host.name", .hostName, longest: 253, standard: "", levels: [.system], by: .system,
    enforced: .at("greetings, Received, certificates"),
    help: "The name this server gives itself; by default the machine's")

  public static let tlsFloor = Setting.choice(
    "tls.floor", standard: TLSFloor.tls12, levels: [.system], by: .system,
    enforced: .at("TLS handshakes"), help: "The oldest TLS version that is spoken")

  public static let certificates = Setting.list(
    "tls.certificates", .certificate, most: 100, levels: [.system], by: .system,
    enforced: .at("TLS handshakes"),
    help: "PEM files per host name; one is self-made where none is given")

  static let host: [SettingDeclaration] = [
    hostName.declaration, tlsFloor.declaration, certificates.declaration,
    awaited(
      "certificate warnings", "tls.expiry_warning", .number(1...365, zero: "never"), unit: .days,
      standard: "21", levels: [.system], help: "Warn so long before a certificate expires"),
    awaited(
      "domain folders", "folder.allowed_roots", .list(.path, most: 100), standard: "",
      levels: [.system], help: "Directories under which domain folders may lie"),
    trustedProxies.declaration,
  ]

  public static let listenAddresses = Setting.list(
    "listen.addresses", .address, most: 64, standard: ["all"], levels: [.system], by: .system,
    enforced: .at("daybook serve"), help: "The addresses on which every service listens")

  public static let smtpPort = listener("smtp", 25, "SMTP from other servers")
  public static let submissionPort = listener("submission", 587, "submission with STARTTLS")
  public static let submissionsPort = listener("submissions", 465, "submission over TLS")
  public static let imapPort = listener("imap", 143, "IMAP with STARTTLS")
  public static let imapsPort = listener("imaps", 993, "IMAP over TLS")
  public static let popPort = listener("pop3", 110, "POP3 with STLS")
  public static let popsPort = listener("pop3s", 995, "POP3 over TLS")

  static let listeners: [SettingDeclaration] = [
    listenAddresses.declaration, smtpPort.declaration, submissionPort.declaration,
    submissionsPort.declaration, imapPort.declaration, imapsPort.declaration,
    popPort.declaration, popsPort.declaration,
    awaited(
      "LDAP", "listen.ldaps", .number(1...65_535, zero: "off"), unit: .port, standard: "636",
      levels: [.system], help: "Port of LDAP over TLS"),
  ]

  public static let logLevel = Setting.choice(
    "log.level", standard: LogLevel.info, levels: [.system], by: .system,
    enforced: .at("Diagnostics"), help: "The least important line of the diagnostic log")

  public static let checkpointCopy = Setting.text(
    "checkpoint.copy", .path, longest: 1_024, standard: "", levels: [.system], by: .system,
    enforced: .at("Ledger, after each signed checkpoint"),
    help: "A file outside the data directory that receives every signed checkpoint")

  public static let shutdownGrace = Setting.number(
    "serve.shutdown_grace", 1...600, zero: "at once", standard: 10, unit: .seconds,
    levels: [.system], by: .system, enforced: .at("daybook serve, at its stop"),
    help: "Time that running transactions have to finish")

  public static let compactionShare = Setting.number(
    "content.compact_percent", 1...100, standard: 50, unit: .percent, levels: [.system],
    by: .system,
    enforced: .at("upkeep, content segments"),
    help: "How much of a segment must be deleted bodies for it to be rewritten without them")

  public static let compactionFloor = Setting.number(
    "content.compact_floor", 1...65_536, zero: "at once", standard: 16, unit: .megabytes,
    levels: [.system], by: .system, enforced: .at("upkeep, content segments"),
    help: "Deleted bodies in a segment that is still being filled before it is rewritten")

  public static let scrubRate = Setting.number(
    "scrub.rate", 1...10_000, zero: "never", standard: 4, unit: .megabytes, levels: [.system],
    by: .system, enforced: .at("the background verification"),
    help: "Records and bodies read again each second to find damage")

  public static let scrubPause = Setting.number(
    "scrub.pause", 1...8_760, standard: 24, unit: .hours, levels: [.system], by: .system,
    enforced: .at("the background verification"),
    help: "Time between two passes of the background verification")

  static let upkeep: [SettingDeclaration] = [
    compactionShare.declaration, compactionFloor.declaration, scrubRate.declaration,
    scrubPause.declaration,
    logLevel.declaration, checkpointCopy.declaration, shutdownGrace.declaration,
    awaited(
      "transcripts", "log.retention", .number(1...3_650, zero: "for ever"), unit: .days,
      standard: "14", levels: [.system], help: "Time that protocol transcripts are kept"),
    awaited(
      "time stamps", "checkpoint.time_stamp_authority", .text(.line, longest: 255), standard: "",
      levels: [.system], help: "URL of an RFC 3161 authority that stamps checkpoints"),
  ]

  private static func listener(
    _ name: String, _ standard: Int, _ what: String
  ) -> Setting<Int> {
    .number(
      "listen.\(name)", 1...65_535, zero: "off", standard: standard, unit: .port,
      levels: [.system], by: .system, enforced: .at("daybook serve"), help: "Port of \(what)")
  }
}
