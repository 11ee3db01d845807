/// The flags of a message as a client sees them: system flags and the names of keywords.
public struct FlagSet: Hashable, Sendable {
  public var system: SystemFlags
  /// In order, each once.
  public private(set) var keywords: [Flag]

  public init(_ system: SystemFlags = []) {
    self.system = system
    keywords = []
  }

  public init(_ flags: some Sequence<Flag>) {
    self.init()
    for flag in flags { insert(flag) }
  }

  public var isEmpty: Bool { system.isEmpty && keywords.isEmpty }

  public func contains(_ flag: Flag) -> Bool {
    if let system = flag.system { return self.system.contains(system) }
    return keywords.contains(flag)
  }

  public mutating func insert(_ flag: Flag) {
    if let system = flag.system {
      self.system.insert(system)
    } else if !keywords.contains(flag) {
      keywords.insert(flag, at: keywords.firstIndex { flag < $0 } ?? keywords.count)
    }
  }

  public mutating func remove(_ flag: Flag) {
    if let system = flag.system {
      self.system.remove(system)
    } else {
      keywords.removeAll { $0 == flag }
    }
  }

  /// The system flags by name, then the keywords.
  public var all: [Flag] { system.names.map(Flag.init) + keywords }
}
