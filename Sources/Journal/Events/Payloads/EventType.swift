/// What kind of fact an event states: a name and a version, both frozen once released.
public struct EventType: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  /// From 1. A new shape of the same fact is a new version.
  public let version: UInt64
  /// Whether an event of this type takes a number in its domain's feed.
  public let isPublished: Bool

  public init(_ name: String, version: UInt64 = 1, isPublished: Bool = false) {
    self.name = name
    self.version = version
    self.isPublished = isPublished
  }

  public static func == (left: EventType, right: EventType) -> Bool {
    left.version == right.version && left.name == right.name
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(version)
  }

  /// Such as `message.filed/1`.
  public var description: String { "\(name)/\(version)" }
}
