import Events
import Ledger

/// Telling that room runs out: once for each crossing of 80, 90 and 100 %. SPEC §2.4
///
/// What was told is forgotten when the use falls ten points below it, so that mail that comes and
/// goes around a mark tells nothing anew.
struct DiskSpaceWarning {
  private static let marks: [UInt64] = [100, 90, 80]

  /// The mark to tell of; nil where nothing new is to be told.
  ///
  /// - Parameters:
  ///   - room: how it was before.
  ///   - added: octets that come.
  ///   - isFull: whether there was no room for something.
  ///   - told: the mark that was told last; 0 for none.
  static func percent(_ room: Room, added: UInt64, isFull: Bool, told: UInt8) -> UInt64? {
    guard room.limit > 0 else { return nil }
    let before = percentage(of: room.used, room.limit)
    let after = isFull ? 100 : percentage(of: room.used + added, room.limit)
    guard let mark = marks.first(where: { after >= $0 }) else { return nil }
    let isForgotten = before + 10 < UInt64(told)
    return mark > (isForgotten ? 0 : UInt64(told)) ? mark : nil
  }

  private static func percentage(of used: UInt64, _ limit: UInt64) -> UInt64 {
    // Both are far below 2^57 octets.
    used &* 100 / limit
  }
}

extension StateView {
  /// What is to be told of a user's mailbox size when `added` octets come, or had no room.
  func warning(of user: User, added: UInt64, isFull: Bool = false) throws -> Draft? {
    let room = try room(ofUserAlone: user.id)
    let told = try use(of: user.id).toldPercent
    guard
      let percent = DiskSpaceWarning.percent(room, added: added, isFull: isFull, told: told)
    else { return nil }
    let event = UserDiskSpaceUsed(
      user: user.id, used: room.used + (isFull ? 0 : added), limit: room.limit, percent: percent)
    return Draft(.userDiskSpaceUsed(event), domain: user.domain)
  }

  /// What is to be told of a domain's disk space when `added` octets come, or had no room.
  func warning(of domain: DomainID, added: UInt64, isFull: Bool = false) throws -> Draft? {
    let room = try room(of: domain)
    let told = try use(of: domain).toldPercent
    guard
      let percent = DiskSpaceWarning.percent(room, added: added, isFull: isFull, told: told)
    else { return nil }
    let event = DomainDiskSpaceUsed(
      used: room.used + (isFull ? 0 : added), limit: room.limit, percent: percent)
    return Draft(.domainDiskSpaceUsed(event), domain: domain)
  }

  /// What is to be told when so many octets come to one user.
  func warnings(of user: User, added: UInt64) throws -> [Draft] {
    let (own, shared) = (
      try warning(of: user, added: added), try warning(of: user.domain, added: added)
    )
    return [own, shared].compactMap { $0 }
  }
}

extension StateBatch {
  func fold(_ event: UserDiskSpaceUsed) throws {
    try changeUse(of: event.user) { $0.toldPercent = UInt8(clamping: event.percent) }
  }

  func fold(_ event: DomainDiskSpaceUsed, _ header: EventHeader) throws {
    guard let domain = header.domain else { return }
    try changeUse(of: domain) { $0.toldPercent = UInt8(clamping: event.percent) }
  }
}
