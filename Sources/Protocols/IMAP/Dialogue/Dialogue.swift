/// The rules of order of one session; it does no I/O. RFC 3501 §3, §6
struct Dialogue: Sendable {
  /// How many commands in a row may be bad before the server hangs up.
  static let mostBadCommands = 10
  /// How many sign-ins may fail in one session.
  static let mostFailedSignIns = 5

  private(set) var stage = Stage.notAuthenticated
  private(set) var isEncrypted: Bool
  /// Whether passwords may cross the wire in the clear.
  let allowsPlaintext: Bool
  /// Whether there is a certificate to offer STARTTLS with.
  let offersTLS: Bool
  private var badCommands = 0
  private var failedSignIns = 0

  init(isEncrypted: Bool, allowsPlaintext: Bool, offersTLS: Bool) {
    self.isEncrypted = isEncrypted
    self.allowsPlaintext = allowsPlaintext
    self.offersTLS = offersTLS
  }

  var canStartTLS: Bool { offersTLS && !isEncrypted && stage == .notAuthenticated }

  /// Whether LOGIN and mechanisms that show the password are open.
  var allowsPasswords: Bool { isEncrypted || allowsPlaintext }

  /// The reply that refuses a command here, or nil where it may run.
  func refusal(of stages: Stages) -> Reply? {
    guard !stages.include(stage) else { return nil }
    switch stage {
    case .notAuthenticated: return .bad("Sign in first")
    case .authenticated where stages == .selected: return .bad("Select a mailbox first")
    case .authenticated, .selected: return .bad("Already signed in")
    case .logout: return .bad("The session is over")
    }
  }

  /// The limits on a command at this stage.
  var limits: CommandLimits { stage == .notAuthenticated ? .beforeSignIn : .afterSignIn }

  mutating func startedTLS() { isEncrypted = true }

  mutating func signedIn() {
    stage = .authenticated
    badCommands = 0
    failedSignIns = 0
  }

  mutating func selected() { stage = .selected }

  mutating func unselected() {
    if stage == .selected { stage = .authenticated }
  }

  mutating func loggedOut() { stage = .logout }

  /// Takes note of how a command ended; tells whether the session must end.
  mutating func heard(_ condition: Reply.Condition) -> Bool {
    guard condition == .bad else {
      badCommands = 0
      return false
    }
    badCommands += 1
    return badCommands >= Dialogue.mostBadCommands
  }

  /// Takes note of a failed sign-in; tells whether the session must end.
  mutating func signInFailed() -> Bool {
    failedSignIns += 1
    return failedSignIns >= Dialogue.mostFailedSignIns
  }
}
