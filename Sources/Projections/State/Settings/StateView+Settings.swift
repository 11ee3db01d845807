import Events

/// One setting as it stands for one target, for listings.
public struct SettingState: Hashable, Sendable {
  public let key: String
  /// The canonical text in force.
  public let value: String
  /// Where it comes from; nil for the declared default.
  public let source: SettingLevel?
}

extension StateView {
  /// The value in force: the user's own, else the domain's, else the declared default.
  ///
  /// For `.system` it is the server's own value or, of a domain's setting, the template.
  public func value<Value>(_ setting: Setting<Value>, for target: SettingTarget) throws -> Value {
    setting.value(of: try text(setting.declaration, for: target)?.text)
  }

  /// What was set for exactly this target; nil where nothing was.
  public func own(_ key: String, of target: SettingTarget) throws -> String? {
    try withRow(.setting, target.key(key)) { row in
      guard row.byteCount >= SettingRow.textOffset, row.big8(0) != SettingRow.secretSlot else {
        return nil
      }
      return String(decoding: row.copied(SettingRow.textOffset..<row.byteCount), as: UTF8.self)
    } ?? nil
  }

  /// The event that set the value in force for the target; `.zero` for the declared default.
  func version(of declaration: SettingDeclaration, for target: SettingTarget) throws -> Position {
    var places = [target]
    if case .user(let id) = target, declaration.reachesUsers, let domain = try domain(of: id) {
      places.append(.domain(domain))
    }
    for place in places {
      let found = try withRow(.setting, place.key(declaration.key)) { row in
        row.byteCount >= SettingRow.textOffset ? Position(row.big64(1)) : .zero
      }
      if let found { return found }
    }
    return .zero
  }

  /// The setting as it stands for the target.
  public func state(
    of declaration: SettingDeclaration, for target: SettingTarget
  ) throws -> SettingState {
    let found = try text(declaration, for: target)
    return SettingState(
      key: declaration.key, value: found?.text ?? declaration.standard, source: found?.source)
  }

  /// Whether a switch is on for any domain, where the domain is not yet known: what a greeting or
  /// an EHLO reply may offer.
  public func isOnAnywhere(_ setting: Setting<Bool>) throws -> Bool {
    try domains().contains { try value(setting, for: .domain($0.id)) }
  }

  /// The largest message any domain takes, in octets; 0 where one takes any. RFC 1870 §4
  public func largestMessage() throws -> UInt64 {
    var largest: UInt64 = 0
    for domain in try domains() {
      let limit = try messageLimit(of: domain.id)
      if limit == 0 { return 0 }
      largest = max(largest, limit)
    }
    return largest == 0 ? UInt64(Settings.messageSize.standard) * 1_024 : largest
  }

  private func text(
    _ declaration: SettingDeclaration, for target: SettingTarget
  ) throws -> (text: String, source: SettingLevel)? {
    if let text = try own(declaration.key, of: target) { return (text, target.level) }
    guard case .user(let id) = target, declaration.reachesUsers, let domain = try domain(of: id),
      let text = try own(declaration.key, of: .domain(domain))
    else { return nil }
    return (text, .domain)
  }
}
