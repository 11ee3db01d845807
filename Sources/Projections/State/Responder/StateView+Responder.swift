import Events
import Platform

/// What a user's auto-responder says, while it is on.
public struct Responder: Hashable, Sendable {
  public let user: UserID
  public let domain: DomainID
  /// The user's own address, and how they are called; empty where they are not.
  public let address: [UInt8]
  public let displayName: String
  /// Empty: one is made from the subject of the message.
  public let subject: String
  public let text: String
}

extension StateView {
  /// The auto-responder of a user; nil where it is off, out of its dates, or says nothing.
  public func responder(of id: UserID, at time: Timestamp) throws -> Responder? {
    guard try value(Settings.responderEnabled, for: .user(id)) else { return nil }
    let text = try value(Settings.responderText, for: .user(id))
    let from = try value(Settings.responderFrom, for: .user(id))
    let until = try value(Settings.responderUntil, for: .user(id))
    let today = String(time.description.prefix(10))
    guard !text.isEmpty, from.isEmpty || from <= today, until.isEmpty || today <= until,
      let user = try user(id), !user.isDeleted, let domain = try domain(user.domain),
      try receives(user, domain), let local = user.localPart, let name = domain.name
    else { return nil }
    return Responder(
      user: id, domain: domain.id, address: local.bytes + Array("@\(name.text)".utf8),
      displayName: user.displayName,
      subject: try value(Settings.responderSubject, for: .user(id)), text: text)
  }

  /// Whether the user's auto-responder has answered the sender on the day of `time`.
  func hasAnswered(_ sender: [UInt8], for user: UserID, at time: Timestamp) throws -> Bool {
    try contains(.responder, ResponderKey.key(user, time.day, sender))
  }

  /// Whether an answer is still due: the switch and the day, as the decision will look at them.
  public func owesAnswer(to sender: [UInt8], _ responder: Responder, at time: Timestamp) throws
    -> Bool
  {
    guard try value(Settings.oncePerDay, for: .domain(responder.domain)) else { return true }
    return try !hasAnswered(sender.lowercased, for: responder.user, at: time)
  }
}

extension Timestamp {
  /// Days since 1970-01-01 (UTC).
  var day: UInt64 { UInt64(clamping: seconds / 86_400) }
}

extension [UInt8] {
  /// With the letters of ASCII in lower case.
  var lowercased: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
}
