import Events
import Platform

/// A value that is to be kept in the keyring, and the slot it gets.
public struct NewSlot: Sendable {
  /// The longest value, in bytes.
  public static let maximumByteCount = 255 * KeyCell.capacity

  public let slot: Slot
  public let kind: SlotKind
  /// The user, domain or hold it belongs to.
  public let subject: ID
  /// For an archive month `12 * year + month - 1`, otherwise 0. Stored in clear.
  public let detail: UInt32
  let value: [UInt8]

  /// A slot with a key.
  public init(slot: Slot, kind: SlotKind, subject: ID, detail: UInt32 = 0, key: Key) {
    self.init(slot: slot, kind: kind, subject: subject, detail: detail, value: key.secretBytes)
  }

  /// A slot with `value`, of 1 to `maximumByteCount` bytes; 32 where the kind holds a key.
  public init(slot: Slot, kind: SlotKind, subject: ID, detail: UInt32 = 0, value: [UInt8]) {
    self.slot = slot
    self.kind = kind
    self.subject = subject
    self.detail = detail
    self.value = value
  }

  /// How many slot numbers a value of `byteCount` bytes takes: the next slot follows after them.
  public static func width(byteCount: Int) -> UInt64 {
    UInt64((byteCount + KeyCell.capacity - 1) / KeyCell.capacity)
  }

  /// The slot that follows this one.
  public var next: Slot { Slot(slot.rawValue + NewSlot.width(byteCount: value.count)) }
}
