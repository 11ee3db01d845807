/// How far a session has come. RFC 3501 §3
enum Stage: Hashable, Sendable {
  case notAuthenticated
  case authenticated
  case selected
  case logout
}

/// The stages at which a command is legal.
struct Stages: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let notAuthenticated = Stages(rawValue: 1)
  static let authenticated = Stages(rawValue: 2)
  static let selected = Stages(rawValue: 4)

  /// Legal once signed in, with or without a mailbox.
  static let signedIn: Stages = [.authenticated, .selected]
  static let any: Stages = [.notAuthenticated, .authenticated, .selected]

  func include(_ stage: Stage) -> Bool {
    switch stage {
    case .notAuthenticated: contains(.notAuthenticated)
    case .authenticated: contains(.authenticated)
    case .selected: contains(.selected)
    case .logout: false
    }
  }
}
