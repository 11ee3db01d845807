/// What a keyring slot holds. The raw values are frozen.
public enum SlotKind: UInt8, Hashable, Sendable, CaseIterable {
  /// The key of a user: personal parts of events, wraps of messages.
  case user = 1
  /// The key of a domain.
  case domain = 2
  /// The key of one domain's archive of one month.
  case archiveMonth = 3
  /// The key of a legal hold.
  case hold = 4
  /// A secret value: a verifier, a password for elsewhere, a private key.
  case secret = 5
  /// The Ed25519 seed that signs checkpoints.
  case logSigningKey = 6

  /// Whether the value is a key of 32 bytes; otherwise it is of any length.
  public var isKey: Bool { self != .secret }
}
