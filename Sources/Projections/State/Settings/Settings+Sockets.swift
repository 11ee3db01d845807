/// Services for the machine itself: LMTP, and submission by account. SPEC §3, RFC 2033
extension Settings {
  /// Whoever can connect is trusted with the envelope, so other machines cannot.
  public static let lmtpListen = Setting.list(
    "lmtp.listen", .localSocket, most: 16, levels: [.system], by: .system,
    enforced: .at("daybook serve"),
    help: "Where LMTP is answered: loopback addresses with a port, paths of Unix sockets")

  public static let submissionSockets = Setting.list(
    "submission.sockets", .path, most: 16, levels: [.system], by: .system,
    enforced: .at("daybook serve"),
    help: "Unix sockets for `daybook sendmail`, beside submit.sock in the data directory")

  public static let submissionAccounts = Setting.list(
    "submission.accounts", .account, most: 1_000, privacy: .personal, levels: [.system],
    by: .system, enforced: .at("SMTP MAIL on Unix sockets"),
    help: "Accounts of the machine with the address they send as; `*` is any")

  static let sockets: [SettingDeclaration] = [
    lmtpListen.declaration, submissionSockets.declaration, submissionAccounts.declaration,
  ]
}
