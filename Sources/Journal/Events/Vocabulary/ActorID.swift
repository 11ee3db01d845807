import Platform

/// Who caused an event: the server itself, an operator of the machine, a peer that did not sign in,
/// or a user.
public struct ActorID: Identifier {
  public let rawValue: ID

  public init(rawValue: ID) { self.rawValue = rawValue }

  /// The server itself.
  public static let server = ActorID(rawValue: ID.zero)

  /// Someone who spoke a protocol without signing in.
  public static let peer = ActorID(rawValue: ID(high: 2, low: 0))

  /// The operator who runs a command with this Unix user id.
  public static func `operator`(uid: UInt32) -> ActorID {
    ActorID(rawValue: ID(high: 1, low: UInt64(uid)))
  }

  public static func user(_ user: UserID) -> ActorID {
    ActorID(rawValue: user.rawValue)
  }

  /// The Unix user id of an operator, or nil for anybody else.
  public var operatorUID: UInt32? {
    rawValue.high == 1 ? UInt32(exactly: rawValue.low) : nil
  }

  /// The user, or nil for anybody else.
  public var user: UserID? {
    rawValue.high > 2 ? UserID(rawValue: rawValue) : nil
  }

  /// `server`, `operator:1000`, `peer`, or the id of the user.
  public var description: String {
    if self == .server { return "server" }
    if self == .peer { return "peer" }
    if let operatorUID { return "operator:\(operatorUID)" }
    return rawValue.description
  }

  public func render(to json: inout JSONWriter) { json.text(description) }
}
