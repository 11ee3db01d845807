import Events
import Ledger
import Platform

/// Sends the answer of a user's auto-responder, at most once a day to each sender: one decision
/// accepts the answer, files or queues it, and remembers the day. RFC 3834, SPEC §2.2
///
/// It is asked between the receipt of the message and the reply to its sender. Whoever is not told
/// that the message was taken sends it again, and the second time the answer is given if the first
/// time it was not: a crash leaves no message without its answer and makes no second one.
public struct AnswerMessage: Decision {
  public typealias View = StateView

  public let user: UserID
  /// The reverse path of the message, which is not empty.
  public let sender: [UInt8]
  /// The event that accepted the message.
  public let origin: Position
  public let parcel: MessageParcel

  public init(_ parcel: MessageParcel, from user: UserID, to sender: [UInt8], origin: Position) {
    self.user = user
    self.sender = sender
    self.origin = origin
    self.parcel = parcel
  }

  /// Whether the answer was sent; nothing happens where it was not.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Bool> {
    let nothing = Outcome(drafts: [], answer: false)
    guard let responder = try view.responder(of: user, at: moment.time),
      try view.owesAnswer(to: sender, responder, at: moment.time),
      let key = try view.user(user)?.key
    else { return nothing }
    let targets = try view.targets(
      ofReportTo: sender, domain: responder.domain, user: responder.user)
    guard !targets.isEmpty else { return nothing }
    let transaction = MailTransaction(
      service: "responder", transport: "local", isUTF8: sender.contains { $0 >= 0x80 },
      sender: [], client: "", helo: [])
    let accept = AcceptMessage(
      parcel, transaction, targets: targets, shortfall: .fileOthers, kind: .autoResponder)
    let outcome = try accept.decide(view, moment)
    guard outcome.answer.isAccepted else { return nothing }
    let answered = ResponderAnswered(
      day: moment.time.day, user: user, reply: moment.position, origin: origin,
      sender: sender.lowercased)
    return Outcome(
      drafts: outcome.drafts + [
        Draft(.responderAnswered(answered), domain: responder.domain, seal: .slot(key))
      ], keptContents: outcome.keptContents, answer: true)
  }
}
