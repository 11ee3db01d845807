import Events
import Platform
import State

extension Sentry {
  /// Whether a client that nobody knows is to come again later with its message.
  ///
  /// Whitelisted clients never are. The caller asks only for who has not signed in, and where
  /// neither domain, user nor alias has it disabled.
  public func delays(client: IPAddress, sender: [UInt8], recipient: [UInt8]) throws -> Bool {
    guard !isExempt(client, .smtp) else { return false }
    return try greylist.delays(client, sender: sender, recipient: recipient)
  }
}
