import Events
import Platform

/// The last successful sign-in of a user. Row of `sign_in`, key: user id (16).
/// time 8, position 8, service: rest.
public struct SignIn: Hashable, Sendable {
  public let time: Timestamp
  public let position: Position
  public let service: String

  init(_ row: RawSpan) throws {
    var cursor = RowCursor()
    time = try cursor.time(row)
    position = Position(try cursor.uint64(row))
    service = String(decoding: try cursor.rest(row), as: UTF8.self)
  }
}

extension StateBatch {
  func fold(_ event: SessionSignedIn, _ header: EventHeader) throws {
    let key = event.user.rawValue.bytes
    guard try withRow(.user, key, { try User.isDeleted(in: $0) }) == false else { return }
    var row = RowWriter(capacity: 24)
    row.time(header.time)
    row.uint64(header.position.rawValue)
    row.raw(event.service.utf8)
    try put(.signIn, key, row.bytes)
  }
}

extension StateView {
  /// When `user` last signed in; nil where they never did.
  public func lastSignIn(of user: UserID) throws -> SignIn? {
    try withRow(.signIn, user.rawValue.bytes) { try SignIn($0) }
  }
}
