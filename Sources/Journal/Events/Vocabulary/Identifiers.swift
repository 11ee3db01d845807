import Platform

/// An id that cannot be mistaken for the id of something else.
public protocol Identifier: FieldValue, RawRepresentable, CustomStringConvertible
where RawValue == ID {
  init(rawValue: ID)
}

extension Identifier {
  /// The id of nothing.
  public static var zero: Self { Self(rawValue: ID.zero) }

  public var description: String { rawValue.description }

  public func collect(into entities: inout [ID]) { entities.append(rawValue) }
}

public struct DomainID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

public struct UserID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

public struct MailboxID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

/// An alias of an address or of a domain.
public struct AliasID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

/// One message as it was accepted or appended; its copies share it.
public struct MessageID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

/// One body in the content segments.
public struct ContentID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

public struct SessionID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

/// One event; UUIDv7, strictly increasing with the position.
public struct EventID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}

/// One journal; a restored copy keeps it, a new journal has another.
public struct LogID: Identifier {
  public let rawValue: ID
  public init(rawValue: ID) { self.rawValue = rawValue }
}
