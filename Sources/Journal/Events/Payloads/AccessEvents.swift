import Platform

/// A network was put on the blacklist or the whitelist of services.
public struct AccessAdded: BlankPayload {
  public static let type = EventType("access.added")
  public static let about =
    "A network is refused by services, or exempt from their blocks and from greylisting."

  /// `allow` or `deny`.
  public var action = ""
  /// Such as `smtp`.
  public var services: [String] = []
  public var comment: Personal<String> = .absent
  /// In prefix form.
  public var network: Personal<String> = .absent

  init() {}

  public init(action: String, services: [String], comment: String?, network: String?) {
    self.action = action
    self.services = services
    self.comment = Personal(comment)
    self.network = Personal(network)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("action", &action)
    try walker.public("services", &services)
    try walker.personal("comment", &comment)
    try walker.personal("network", &network)
  }
}

/// A network was taken off the lists of services.
public struct AccessRemoved: BlankPayload {
  public static let type = EventType("access.removed")
  public static let about = "A network was taken off the blacklist or the whitelist of services."

  public var services: [String] = []
  /// In prefix form.
  public var network: Personal<String> = .absent

  init() {}

  public init(services: [String], network: String?) {
    self.services = services
    self.network = Personal(network)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("services", &services)
    try walker.personal("network", &network)
  }
}
