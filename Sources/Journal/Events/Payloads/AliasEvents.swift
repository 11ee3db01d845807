/// An address stands for others. Sealed under the domain's key.
public struct AliasAdded: BlankPayload {
  public static let type = EventType("alias.added", isPublished: true)
  public static let about = "An address without a mailbox was added, and where its mail goes."

  public var alias = AliasID.zero
  /// Whether mail to it is greylisted.
  public var isGreylisted = true
  /// Full addresses.
  public var targets: Personal<[String]> = .absent
  /// In canonical form.
  public var localPart: Personal<String> = .absent

  init() {}

  public init(alias: AliasID, isGreylisted: Bool, targets: [String]?, localPart: String?) {
    self.alias = alias
    self.isGreylisted = isGreylisted
    self.targets = Personal(targets)
    self.localPart = Personal(localPart)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("alias", &alias)
    try walker.public("greylisted", &isGreylisted)
    try walker.personal("targets", &targets)
    try walker.personal("local_part", &localPart)
  }
}

/// An alias leads elsewhere. Sealed under the domain's key.
public struct AliasChanged: BlankPayload {
  public static let type = EventType("alias.changed")
  public static let about = "An alias got other targets, or another greylisting."

  public var alias = AliasID.zero
  public var isGreylisted = true
  /// All of them, full addresses.
  public var targets: Personal<[String]> = .absent

  init() {}

  public init(alias: AliasID, isGreylisted: Bool, targets: [String]?) {
    self.alias = alias
    self.isGreylisted = isGreylisted
    self.targets = Personal(targets)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("alias", &alias)
    try walker.public("greylisted", &isGreylisted)
    try walker.personal("targets", &targets)
  }
}

public struct AliasDeleted: BlankPayload {
  public static let type = EventType("alias.deleted", isPublished: true)
  public static let about = "An alias was deleted; its address is free."

  public var alias = AliasID.zero

  init() {}

  public init(alias: AliasID) {
    self.alias = alias
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("alias", &alias)
  }
}

/// A domain has a further name. Sealed under the domain's key.
public struct DomainAliasAdded: BlankPayload {
  public static let type = EventType("domain_alias.added")
  public static let about = "Another name for the same mailboxes was added."

  public var alias = AliasID.zero
  /// The A-label form in lower case.
  public var name: Personal<String> = .absent

  init() {}

  public init(alias: AliasID, name: String?) {
    self.alias = alias
    self.name = Personal(name)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("alias", &alias)
    try walker.personal("name", &name)
  }
}

public struct DomainAliasDeleted: BlankPayload {
  public static let type = EventType("domain_alias.deleted")
  public static let about = "A further name of a domain was deleted; it is free."

  public var alias = AliasID.zero

  init() {}

  public init(alias: AliasID) {
    self.alias = alias
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("alias", &alias)
  }
}
