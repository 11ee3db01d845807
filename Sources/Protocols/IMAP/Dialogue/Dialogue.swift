/// The rules of order of one session; it does no I/O. RFC 3501 §3, §6
struct Dialogue: Sendable {
  private(set) var stage = Stage.notAuthenticated
  private(set) var isEncrypted: Bool
  /// Whether there is a certificate to offer STARTTLS with.
  let offersTLS: Bool
  /// How many commands in a row may be bad, and how many sign-ins may fail, before the server hangs
  /// up.
  let mostBadCommands: Int
  let mostFailedSignIns: Int
  private var badCommands = 0
  private var failedSignIns = 0

  init(isEncrypted: Bool, offersTLS: Bool, mostBadCommands: Int = 20, mostFailedSignIns: Int = 5) {
    self.isEncrypted = isEncrypted
    self.offersTLS = offersTLS
    self.mostBadCommands = mostBadCommands
    self.mostFailedSignIns = mostFailedSignIns
  }

  var canStartTLS: Bool { offersTLS && !isEncrypted && stage == .notAuthenticated }

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
    return badCommands >= mostBadCommands
  }

  /// Takes note of a failed sign-in; tells whether the session must end.
  mutating func signInFailed() -> Bool {
    failedSignIns += 1
    return failedSignIns >= mostFailedSignIns
  }
}
