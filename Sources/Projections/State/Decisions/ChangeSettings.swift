import Events
import Ledger

/// Changes settings of one target in one act; the event holds the old and the new values.
public struct ChangeSettings: Decision {
  public typealias View = StateView

  /// One setting to change; nil takes back what was set.
  public struct Change: Hashable, Sendable {
    public let key: String
    public let value: String?

    public init(_ key: String, _ value: String?) {
      self.key = key
      self.value = value
    }
  }

  public struct Changed: Sendable {
    /// What changed; settings that had the value already are left out.
    public let changes: [SettingChange]
    /// Whether the same request must be made again, because more follows from it than one decision
    /// may do: CRAM-MD5 contexts of many users to destroy.
    public let isUnfinished: Bool
  }

  public let target: SettingTarget
  public let changes: [Change]

  public init(_ target: SettingTarget, _ changes: [Change]) {
    self.target = target
    self.changes = changes
  }

  /// Refuses unknown keys, values out of range, levels where the setting does not exist, features
  /// that are awaited, and who may not change it.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Changed> {
    let subject = try view.subject(of: target)
    let authority = try view.authority(of: moment.origin.actor)
    var (publicChanges, personalChanges) = ([SettingChange](), [SettingChange]())
    for change in changes {
      let declaration = try view.check(change, target, authority)
      let new = try change.value.map(declaration.canonical)
      let old = try view.own(declaration.key, of: target)
      guard new != old else { continue }
      let recorded = SettingChange(key: declaration.key, old: old, new: new)
      if declaration.privacy == .public {
        publicChanges.append(recorded)
      } else {
        personalChanges.append(recorded)
      }
    }
    var outcome = Outcome<Changed>(
      drafts: [],
      answer: Changed(changes: publicChanges + personalChanges, isUnfinished: false))
    if !outcome.answer.changes.isEmpty {
      let changed = SettingChanged(
        user: subject.user, scope: subject.scope, domain: subject.domain, changes: publicChanges,
        secrets: [], personalChanges: personalChanges.isEmpty ? nil : personalChanges)
      outcome.drafts = [
        Draft(
          .settingChanged(changed), domain: subject.domain,
          seal: personalChanges.isEmpty ? .none : .slot(subject.key))
      ]
    }
    try withdrawCRAM(view, &outcome)
    return outcome
  }

  /// Contexts exist only while the domain has CRAM-MD5 switched on.
  private func withdrawCRAM(
    _ view: borrowing StateView, _ outcome: inout Outcome<Changed>
  ) throws {
    guard case .domain(let domain) = target,
      let change = changes.last(where: { $0.key == Settings.cramMD5.key }),
      try !Settings.cramMD5.value(of: change.value.map(Settings.cramMD5.declaration.canonical))
    else { return }
    let users = try view.users(in: domain).filter { $0.cram != nil }
    for user in users.prefix(DecisionLimits.flagChanges) {
      let changed = UserCRAMChanged(user: user.id, context: nil, replaced: user.cram)
      outcome.drafts.append(Draft(.userCRAMChanged(changed), domain: domain))
      outcome.destroyed += user.cram.map { [$0] } ?? []
    }
    outcome.answer = Changed(
      changes: outcome.answer.changes, isUnfinished: users.count > DecisionLimits.flagChanges)
  }
}

extension StateView {
  fileprivate struct Subject {
    var scope: SettingScope
    var user: UserID?
    var domain: DomainID?
    var key: Slot
  }

  fileprivate func subject(of target: SettingTarget) throws -> Subject {
    switch target {
    case .system: return Subject(scope: .system, key: try serverKey() ?? .zero)
    case .domain(let id):
      return Subject(scope: .domain, domain: id, key: try existingDomain(id).key)
    case .user(let id):
      let user = try existingUser(id)
      return Subject(scope: .user, user: id, domain: user.domain, key: user.key)
    }
  }

  /// The declaration, if this actor may change it for this target.
  fileprivate func check(
    _ change: ChangeSettings.Change, _ target: SettingTarget, _ authority: Authority
  ) throws -> SettingDeclaration {
    guard let declaration = Settings.declaration(change.key) else {
      throw Refusal.notFound(what: "the setting \(change.key.prefix(80))")
    }
    guard try mayChange(declaration, target, authority) else {
      throw Refusal.forbidden(what: "changing \(declaration.key)")
    }
    if case .awaits(let feature) = declaration.enforcement {
      throw Refusal.awaits(what: "the setting \(declaration.key)", feature: feature)
    }
    let isTemplate = target == .system && declaration.levels.contains(.domain)
    guard declaration.levels.contains(target.level) || isTemplate else {
      throw Refusal.invalid(
        what: declaration.key, why: "it is not a setting of a \(target.level.rawValue)")
    }
    return declaration
  }

  private func mayChange(
    _ declaration: SettingDeclaration, _ target: SettingTarget, _ authority: Authority
  ) throws -> Bool {
    switch (authority, target) {
    case (.system, _): return true
    case (.domainAdministrator(let actor), .domain(let id)):
      return actor.domain == id && declaration.changer != .system
    case (.domainAdministrator(let actor), .user(let id)):
      let isService = declaration.key.hasPrefix("service.")
      return try actor.domain == user(id)?.domain && declaration.changer != .system
        && (!isService || value(Settings.serviceAccess, for: .domain(actor.domain)))
    case (.user(let actor), .user(let id)):
      return actor.id == id && declaration.changer == .user
    default: return false
    }
  }
}
