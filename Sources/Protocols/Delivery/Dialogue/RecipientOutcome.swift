/// What became of one recipient in one attempt.
public struct RecipientOutcome: Hashable, Sendable {
  public enum Verdict: String, Hashable, Sendable {
    /// The server has taken responsibility.
    case delivered
    /// It never will.
    case refused
    /// It may later.
    case deferred
    /// The final dot was sent and no answer came: it may or may not have. RFC 1047
    case inDoubt
  }

  public let verdict: Verdict
  /// The server's reply code; nil where the outcome was decided on this side.
  public let code: Int?
  public let status: EnhancedStatus
  public let text: String

  public init(_ verdict: Verdict, code: Int? = nil, status: EnhancedStatus, text: String) {
    self.verdict = verdict
    self.code = code
    self.status = status
    self.text = text
  }

  /// What a server's final word to a recipient means.
  public init(_ reply: ServerReply) {
    let verdict: Verdict =
      reply.isPositive ? .delivered : reply.isPermanent ? .refused : .deferred
    let kind: UInt16 = verdict == .delivered ? 2 : verdict == .refused ? 5 : 4
    self.init(
      verdict, code: reply.code, status: reply.status ?? EnhancedStatus(kind, 0, 0),
      text: reply.text)
  }

  /// What a failed conversation means for a recipient, who had no final word yet.
  public init(_ failure: SessionFailure, isInDoubt: Bool = false) {
    let code: Int? = if case .reply(let reply, _) = failure { reply.code } else { nil }
    let verdict: Verdict =
      isInDoubt ? .inDoubt : failure.status.isPermanent && code == nil ? .refused : .deferred
    let status = verdict == .refused ? failure.status : failure.status.asTemporary
    self.init(verdict, code: code, status: status, text: failure.text)
  }

  static func refused(_ subject: UInt16, _ detail: UInt16, _ text: String) -> RecipientOutcome {
    RecipientOutcome(.refused, status: EnhancedStatus(5, subject, detail), text: text)
  }
}
