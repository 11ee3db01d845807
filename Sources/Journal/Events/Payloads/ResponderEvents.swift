import Platform

/// An auto-responder answered somebody; it does so once a day for each sender. RFC 3834 §2
public struct ResponderAnswered: BlankPayload {
  public static let type = EventType("responder.answered")
  public static let about = "A user's auto-responder answered the sender of a message."

  /// Days since 1970-01-01 (UTC): the day that counts for once a day.
  public var day: UInt64 = 0
  /// Whose answer it is.
  public var user = UserID.zero
  /// The event that accepted the answer.
  public var reply = Position.zero
  /// The event that accepted the message which is answered.
  public var origin = Position.zero
  /// Who was answered: the reverse path in lower case.
  public var sender: Personal<[UInt8]> = .absent

  init() {}

  public init(day: UInt64, user: UserID, reply: Position, origin: Position, sender: [UInt8]) {
    self.day = day
    self.user = user
    self.reply = reply
    self.origin = origin
    self.sender = Personal(sender)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("day", &day)
    try walker.public("user", &user)
    try walker.public("reply", &reply)
    try walker.public("origin", &origin)
    try walker.personal("sender", &sender)
  }
}
