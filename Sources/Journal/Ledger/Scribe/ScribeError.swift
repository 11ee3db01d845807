import Events

/// Why a request got no receipt.
public enum ScribeError: Error, Hashable, Sendable {
  /// Decided: no, and why. Nothing happened.
  case refused(Refusal)
  /// Not now: nothing happened, asking again later may help. SMTP 452, IMAP NO [UNAVAILABLE],
  /// HTTP 503. The text is for the operator and holds no personal data.
  case unavailable(String)
  /// No verdict: the Scribe is stopping; or the outcome of the commit is unknown and the process
  /// ends to find out; or it is durable and the state cannot show it. The connection is dropped without a reply that could be taken for one.
  case stopped
}

extension ScribeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let refusal): "refused: \(refusal)"
    case .unavailable(let why): "unavailable: \(why)"
    case .stopped: "stopped"
    }
  }
}
