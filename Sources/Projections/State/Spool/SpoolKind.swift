/// What a message in the spool is; each kind is a class of priority. SPEC §2.6
public enum SpoolKind: String, CaseIterable, Sendable {
  case standard
  case mailingList = "mailing_list"
  case autoResponder = "auto_responder"
  case bounce
  case emailReport = "email_report"
  case eventEmail = "event_email"
}

/// What gave a message its priority; a later one wins over those before it. SPEC §2.6
public enum PriorityReason: String, CaseIterable, Sendable {
  case standard
  case mailingList = "mailing_list"
  case autoResponder = "auto_responder"
  case bounce
  case emailReport = "email_report"
  case eventEmail = "event_email"
  case overSize = "over_size"
  case attemptX = "attempt_x"
  case attemptY = "attempt_y"
  /// Set by somebody in the spool.
  case hand
}

extension PriorityReason {
  init(_ kind: SpoolKind) {
    switch kind {
    case .standard: self = .standard
    case .mailingList: self = .mailingList
    case .autoResponder: self = .autoResponder
    case .bounce: self = .bounce
    case .emailReport: self = .emailReport
    case .eventEmail: self = .eventEmail
    }
  }
}
