/// Why a domain has nowhere to bring its mail.
public enum RouteVerdict: Error, Hashable, Sendable {
  /// The domain does not exist, or has neither exchanges nor addresses. RFC 5321 §5.1
  case noSuchDomain
  /// It says that it takes no mail. RFC 7505 §3
  case takesNoMail
  /// It has exchanges, and none has an address that can be gone to.
  case noUsableExchange
  /// The text is no domain and no address literal.
  case malformedDomain
  /// The best exchange is this server. RFC 5321 §5.1
  case loop
  /// The DNS did not answer.
  case noAnswer

  public var isTemporary: Bool { self == .noAnswer }

  /// RFC 3463 §3, RFC 7505 §4
  public var status: EnhancedStatus {
    switch self {
    case .noSuchDomain, .malformedDomain: EnhancedStatus(5, 1, 2)
    case .takesNoMail: EnhancedStatus(5, 1, 10)
    case .noUsableExchange: EnhancedStatus(5, 4, 4)
    case .loop: EnhancedStatus(5, 4, 6)
    case .noAnswer: EnhancedStatus(4, 4, 3)
    }
  }

  public var text: String {
    switch self {
    case .noSuchDomain: "the domain does not exist"
    case .takesNoMail: "the domain takes no mail"
    case .noUsableExchange: "no mail server of the domain has a usable address"
    case .malformedDomain: "this is no domain"
    case .loop: "mail for the domain loops back to this server"
    case .noAnswer: "the domain name system gave no answer"
    }
  }

  /// The outcome of each recipient at the domain.
  public var outcome: RecipientOutcome {
    RecipientOutcome(isTemporary ? .deferred : .refused, status: status, text: text)
  }
}
