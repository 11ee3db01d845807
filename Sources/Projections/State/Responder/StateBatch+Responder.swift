import Events
import Platform

// Whom auto-responders answered. `responder`: user id 16, day 8, tag 16 -> nothing. The rows of a
// user go when another day's answer comes, and with the user.
extension StateBatch {
  func fold(_ event: ResponderAnswered) throws {
    guard let sender = event.sender.value, try user(event.user)?.isDeleted == false else { return }
    var past: [[UInt8]] = []
    try scan(.responder, prefix: event.user.rawValue.bytes) { key, _ in
      var cursor = RowCursor(at: 16)
      guard try cursor.uint64(key) < event.day else { return false }
      past.append(key.copied())
      return past.count < ResponderKey.mostForgotten
    }
    for key in past { try delete(.responder, key) }
    try put(.responder, ResponderKey.key(event.user, event.day, sender), [])
  }
}

/// Keys of `responder`.
enum ResponderKey {
  /// Rows of past days that one answer forgets: more than it adds, so that they end.
  static let mostForgotten = 16

  static func key(_ user: UserID, _ day: UInt64, _ sender: [UInt8]) -> [UInt8] {
    var key = RowWriter(capacity: 40)
    key.id(user.rawValue)
    key.uint64(day)
    key.raw(SHA256.digest(sender.span).bytes.prefix(16))
    return key.bytes
  }
}
