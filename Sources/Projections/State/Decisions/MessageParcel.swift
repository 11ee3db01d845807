import Events
import Platform

/// A message as a session received it, sealed and parsed, before anybody decided about it.
public struct MessageParcel: Sendable {
  public let message: MessageID
  public let content: ContentID
  /// The message's data key: it seals the body and the personal part of its events.
  let key: Key
  /// Octets of the body in clear.
  public let size: UInt64
  /// Of the sealed body as stored.
  public let sha256: Digest
  /// Whether the sealed body travels with the request; otherwise it is in the content store already.
  public let travels: Bool
  let envelope: EncodedEnvelope?
  let structure: EncodedStructure?

  /// Envelope and structure are left out where they are too large for the event: first the
  /// structure, then the envelope. They are then computed on demand.
  public init(
    message: MessageID, content: ContentID, key: Key, size: UInt64, sha256: Digest, travels: Bool,
    envelope: EncodedEnvelope?, structure: EncodedStructure?
  ) {
    self.message = message
    self.content = content
    self.key = key
    self.size = size
    self.sha256 = sha256
    self.travels = travels
    let envelopeFits = (envelope?.bytes.count ?? 0) <= DecisionLimits.facts
    self.envelope = envelopeFits ? envelope : nil
    let both = (self.envelope?.bytes.count ?? 0) + (structure?.bytes.count ?? 0)
    self.structure = both <= DecisionLimits.facts ? structure : nil
  }
}
