/// What the server can do at this point of a session. RFC 3501 §6.1.1
///
/// A name is here only while the commands behind it work.
enum Capabilities {
  private static let always = ["IMAP4rev1", "LITERAL+", "SASL-IR", "ID"]
  private static let signedIn = [
    "IDLE", "NAMESPACE", "CHILDREN", "UIDPLUS", "MOVE", "UNSELECT", "SPECIAL-USE", "ESEARCH",
  ]

  /// The capabilities, separated by spaces. `mechanisms` are those offered now.
  static func text(_ dialogue: Dialogue, mechanisms: [String]) -> String {
    var names = always
    if dialogue.stage == .notAuthenticated {
      if dialogue.canStartTLS { names.append("STARTTLS") }
      if !mechanisms.contains("PLAIN") { names.append("LOGINDISABLED") }
      names += mechanisms.map { "AUTH=\($0)" }
    }
    return (names + signedIn).joined(separator: " ")
  }
}
