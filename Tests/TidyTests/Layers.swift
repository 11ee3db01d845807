/// Which room may import which: the arrows of ARCHITECTURE.md, down only.
enum Layers {
  private static let machine: Set<String> = ["Glibc", "Synchronization"]
  private static let journal: Set<String> = ["Platform", "Store", "Events", "Ledger", "MailFormat"]
  private static let state = journal.union(["State", "Synchronization"])
  private static let dialogue = state.union(["Network", "Authentication"])

  static let imports: [String: Set<String>] = [
    "Platform": machine.union(["CPlatform", "COpenSSL"]),
    "Store": machine.union(["CPlatform", "CLMDB", "Platform"]),
    "MailFormat": [],
    "Events": ["Platform", "MailFormat"],
    "Ledger": ["Platform", "Store", "Events", "Synchronization"],
    "State": state.subtracting(["State"]),
    "Followers": state,
    "Network": machine.union(["CPlatform", "COpenSSL", "Platform"]),
    "Delivery": ["Platform", "MailFormat", "Events", "Network", "Synchronization"],
    "Authentication": state,
    "Protection": state.union(["Network"]),
    "SMTP": dialogue.union(["Protection"]),
    "Relay": state.union(["Network", "Delivery"]),
    "IMAP": dialogue,
    "POP": dialogue,
    "Control": dialogue.union(["Followers", "Protection", "SMTP", "IMAP", "POP", "Relay", "Glibc"]),
    "CommandLine": dialogue.union(["Followers", "SMTP", "IMAP", "POP", "Control", "Glibc"]),
    "daybook": ["CommandLine", "Glibc"],
  ]

  /// The room of `Sources/<wing>/<room>/...`.
  static func room(of path: String) -> String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[2]) : ""
  }
}

/// Counts that may only go down.
enum Ratchets {
  static let uncheckedSendable: [String: Int] = [:]
}
