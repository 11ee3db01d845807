/// The command line of `sendmail`, as cron, mutt, git, PHP and others write it.
struct SendmailOptions: Equatable {
  enum Mode: Equatable { case message, session, version }

  /// What the command line asks for and is not understood, or not done here.
  struct Misuse: Error, Equatable { let description: String }

  var mode = Mode.message
  /// The reverse path; `<>` and empty are the null sender, nil is the account's address.
  var sender: String?
  var fullName: String?
  /// Recipients from To, Cc and Bcc too.
  var readsRecipients = false
  /// Whether a line with one dot is part of the message.
  var ignoresDots = false
  /// NOTIFY, RET and ENVID. RFC 3461
  var notify: String?
  var returning: String?
  var envelopeID: String?
  var recipients: [String] = []

  /// Options with a value, behind them or in the next word.
  private static let withValue: Set<Character> = [
    "f", "r", "F", "N", "R", "V", "B", "C", "D", "d", "h", "L", "M", "O", "o", "p", "q", "X", "A",
    "b",
  ]
  /// Of those, the ones whose value stands behind them or is missing.
  private static let valueAttached: Set<Character> = ["d", "o", "p", "q", "b", "M", "A"]

  init(_ words: some Sequence<String>) throws(Misuse) {
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      if word == "--" {
        recipients += rest
        break
      }
      guard word.hasPrefix("-"), word.count > 1 else {
        recipients.append(word)
        continue
      }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard Self.withValue.contains(letter) else {
          try take(letter)
          continue
        }
        var value = String(letters)
        letters = ""
        if value.isEmpty, !Self.valueAttached.contains(letter) {
          guard let next = rest.popFirst() else {
            throw Misuse(description: "-\(letter) needs a value")
          }
          value = next
        }
        try take(letter, value)
      }
    }
  }

  private mutating func take(_ letter: Character) throws(Misuse) {
    switch letter {
    case "t": readsRecipients = true
    case "i": ignoresDots = true
    // Verbose, "me too", errors by mail, 7 bits, and what else never mattered here.
    case "v", "m", "n", "s", "U", "G", "e", "E", "J", "T": break
    default: throw Misuse(description: "there is no option -\(letter)")
    }
  }

  private mutating func take(_ letter: Character, _ value: String) throws(Misuse) {
    switch letter {
    case "f", "r": sender = value
    case "F": fullName = value
    case "N": notify = value.uppercased()
    case "R": returning = value.uppercased() == "FULL" ? "FULL" : "HDRS"
    case "V": envelopeID = value
    case "o": if value.hasPrefix("i") { ignoresDots = true }
    case "b":
      switch value {
      case "m": mode = .message
      case "s": mode = .session
      case "V": mode = .version
      default:
        throw Misuse(
          description: "-b\(value) is not done here; see `daybook help` for spool and aliases")
      }
    case "q": throw Misuse(description: "-q is not done here; see `daybook spool force`")
    default: break
    }
  }
}
