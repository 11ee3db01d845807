import Events
import Ledger
import Platform
import State

/// Opens the bodies of a user's messages.
struct MessageAccess: Sendable {
  let node: Node
  /// The slot of the user's key.
  let key: Slot

  /// The octets of a message; nil where nothing is left that opens them.
  func octets(of stored: StoredMessage) -> MessageOctets? {
    guard let body = stored.content.body,
      let wrap = stored.content.wraps.first(where: { $0.slot == key }),
      let dataKey = node.journal.keyring.unwrap(wrap)
    else { return nil }
    return MessageOctets(
      prefix: stored.prefix, length: stored.content.bodyLength, body: body, dataKey: dataKey,
      node: node)
  }
}
