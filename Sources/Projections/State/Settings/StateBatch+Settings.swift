import Events
import Platform

// Folds of settings. `setting`: see `SettingTarget`; row: kind 1, position of the
// event 8, then the text or a slot (8).
extension StateBatch {
  func fold(_ event: SettingChanged, _ header: EventHeader) throws {
    guard let target = SettingTarget(event) else { return }
    for change in event.changes {
      try set(target, change, kind: SettingRow.publicText, at: header.position)
    }
    for change in event.personalChanges.value ?? [] {
      try set(target, change, kind: SettingRow.personalText, at: header.position)
      if change.key == Settings.displayName.key, case .user(let user) = target {
        try setDisplayName(change.new ?? "", of: user)
      }
    }
    for secret in event.secrets {
      guard let slot = secret.slot else {
        try delete(.setting, target.key(secret.key))
        continue
      }
      var row = RowWriter(capacity: 17)
      row.uint8(SettingRow.secretSlot)
      row.uint64(header.position.rawValue)
      row.uint64(slot.rawValue)
      try put(.setting, target.key(secret.key), row.bytes)
    }
  }

  private func set(
    _ target: SettingTarget, _ change: SettingChange, kind: UInt8, at position: Position
  ) throws {
    guard let new = change.new else {
      try delete(.setting, target.key(change.key))
      return
    }
    var row = RowWriter(capacity: SettingRow.textOffset + new.utf8.count)
    row.uint8(kind)
    row.uint64(position.rawValue)
    row.raw(new.utf8)
    try put(.setting, target.key(change.key), row.bytes)
  }

  private func setDisplayName(_ name: String, of id: UserID) throws {
    guard var user = try user(id) else { return }
    user.displayName = name
    try put(.user, id.rawValue.bytes, user.row)
  }
}

enum SettingRow {
  static let publicText: UInt8 = 0
  static let personalText: UInt8 = 1
  static let secretSlot: UInt8 = 2
  /// Where the text begins.
  static let textOffset = 9
}

extension SettingTarget {
  init?(_ event: SettingChanged) {
    switch event.scope {
    case .system: self = .system
    case .domain:
      guard let domain = event.domain else { return nil }
      self = .domain(domain)
    case .user:
      guard let user = event.user else { return nil }
      self = .user(user)
    }
  }
}
