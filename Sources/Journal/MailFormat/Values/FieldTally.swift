/// How often the header of a message has each of the fields that policy asks about.
///
/// Only the message's own header counts, not those of its parts.
public struct FieldTally: Hashable, Sendable {
  /// `Received` fields above which a message is taken for a loop. RFC 5321 §6.3
  public static let mostReceived = 100

  /// Every line that begins a field, whether its name is known or not.
  public var fields = 0
  public var date = 0
  public var from = 0
  public var sender = 0
  /// `To`, `Cc` and `Bcc` together.
  public var destinations = 0
  public var subject = 0
  public var messageID = 0
  public var received = 0
  /// Lines of the header that are neither a field nor the continuation of one.
  public var malformed = 0

  public init() {}
}
