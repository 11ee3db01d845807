/// A domain exists. Sealed under its own key.
public struct DomainAdded: BlankPayload {
  public static let type = EventType("domain.added")
  public static let about = "A domain was created."

  public var key = Slot.zero
  public var domain = DomainID.zero
  /// The A-label form in lower case.
  public var name: Personal<String> = .absent

  init() {}

  public init(key: Slot, domain: DomainID, name: String?) {
    self.key = key
    self.domain = domain
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("key", &key)
    try walker.public("domain", &domain)
    try walker.personal("name", &name)
  }
}

/// A domain with everything in it was deleted.
public struct DomainDeleted: BlankPayload {
  public static let type = EventType("domain.deleted")
  public static let about = "A domain was deleted; its data stays until its retention ends."

  public var domain = DomainID.zero

  init() {}

  public init(domain: DomainID) {
    self.domain = domain
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("domain", &domain)
  }
}
