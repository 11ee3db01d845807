import Events
import Platform

/// The live keys of a keyring in memory: 33 bytes a slot, in pages that never move.
struct KeyTable {
  /// Slots of a page.
  private static let pageCount = 1024
  private static let free: UInt8 = 0

  private struct Page {
    var keys: [Key]
    var kinds: [UInt8]
  }

  private var pages: [Page] = []
  private let blank: Key

  init() {
    guard let blank = Key(bytes: [UInt8](repeating: 0, count: 32)) else {
      preconditionFailure("a key has 32 bytes")
    }
    self.blank = blank
  }

  /// The key in a slot; nil where there is none, or a value that is no key.
  func key(_ slot: Slot) -> Key? {
    guard let place = place(slot), pages[place.page].kinds[place.index] != KeyTable.free else {
      return nil
    }
    return pages[place.page].keys[place.index]
  }

  /// What the key in a slot is for.
  func kind(_ slot: Slot) -> SlotKind? {
    guard let place = place(slot) else { return nil }
    return SlotKind(rawValue: pages[place.page].kinds[place.index])
  }

  mutating func set(_ slot: Slot, _ key: Key, _ kind: SlotKind) {
    let page = Int(slot.rawValue / UInt64(KeyTable.pageCount))
    while pages.count <= page {
      pages.append(
        Page(
          keys: [Key](repeating: blank, count: KeyTable.pageCount),
          kinds: [UInt8](repeating: KeyTable.free, count: KeyTable.pageCount)))
    }
    let index = Int(slot.rawValue % UInt64(KeyTable.pageCount))
    pages[page].keys[index] = key
    pages[page].kinds[index] = kind.rawValue
  }

  /// Forgets a key and overwrites it.
  mutating func remove(_ slot: Slot) {
    guard let place = place(slot) else { return }
    pages[place.page].keys[place.index] = blank
    pages[place.page].kinds[place.index] = KeyTable.free
  }

  private func place(_ slot: Slot) -> (page: Int, index: Int)? {
    let page = slot.rawValue / UInt64(KeyTable.pageCount)
    guard page < UInt64(pages.count) else { return nil }
    return (Int(page), Int(slot.rawValue % UInt64(KeyTable.pageCount)))
  }
}
