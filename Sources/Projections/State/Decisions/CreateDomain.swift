import Events
import Ledger
import Platform

/// Creates a domain together with its administrator, in one act. SPEC §2
///
/// System values of domain settings are its template: they are copied once and change nothing here
/// later.
public struct CreateDomain: Decision {
  public typealias View = StateView

  public struct Created: Hashable, Sendable {
    public let domain: DomainID
    public let administrator: UserID
  }

  public let domain: DomainID
  public let name: DomainName
  let key: Key
  public let administrator: NewUser

  public init(
    _ name: DomainName, administrator: NewUser, entropy: some Entropy, at time: Timestamp
  ) {
    domain = DomainID(rawValue: entropy.timedID(at: time))
    self.name = name
    key = entropy.key()
    self.administrator = administrator
  }

  /// Refuses a name that is taken, and anybody but a system administrator.
  public func decide(
    _ view: borrowing StateView, _ moment: Moment
  ) throws -> Outcome<Created> {
    try view.requireSystem(moment.origin.actor, "creating a domain")
    guard try view.domain(named: name) == nil else {
      throw Refusal.alreadyExists(what: "the domain \(name)")
    }
    var slots = SlotPlan(moment)
    let slot = slots.key(.domain, of: domain.rawValue, key)
    let added = DomainAdded(key: slot, domain: domain, name: name.text)
    var drafts = [Draft(.domainAdded(added), domain: domain, seal: .slot(slot))]
    let template = try view.template()
    if !template.isEmpty {
      let changed = SettingChanged(
        scope: .domain, domain: domain, changes: template, secrets: [], personalChanges: nil)
      drafts.append(Draft(.settingChanged(changed), domain: domain))
    }
    let takesCRAM = try view.value(Settings.cramMD5, for: .system)
    drafts += administrator.drafts(
      in: domain, isAdministrator: true, takesCRAM: takesCRAM, moment, &slots)
    return Outcome(
      drafts: drafts, slots: slots.slots,
      answer: Created(domain: domain, administrator: administrator.id))
  }
}

extension StateView {
  /// The public domain settings that have a system value.
  fileprivate func template() throws -> [SettingChange] {
    try Settings.all.compactMap { declaration in
      guard declaration.levels.contains(.domain), declaration.privacy == .public,
        let text = try own(declaration.key, of: .system)
      else { return nil }
      return SettingChange(key: declaration.key, old: nil, new: text)
    }
  }
}
