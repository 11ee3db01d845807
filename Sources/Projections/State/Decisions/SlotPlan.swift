import Events
import Ledger
import Platform

/// The keyring slots that one decision takes, numbered on from the moment's first.
struct SlotPlan {
  private(set) var slots: [NewSlot] = []
  private var next: Slot

  init(_ moment: Moment) { next = moment.nextSlot }

  mutating func key(_ kind: SlotKind, of subject: ID, _ key: Key) -> Slot {
    add(NewSlot(slot: next, kind: kind, subject: subject, key: key))
  }

  mutating func secret(of subject: ID, _ value: [UInt8]) -> Slot {
    add(NewSlot(slot: next, kind: .secret, subject: subject, value: value))
  }

  private mutating func add(_ slot: NewSlot) -> Slot {
    slots.append(slot)
    next = slot.next
    return slot.slot
  }
}
