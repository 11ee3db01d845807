import Events
import Ledger
import Platform

/// Tells that a message had no room at a user, where that was not told yet.
public struct TellNoRoom: Decision {
  public typealias View = StateView

  public let user: UserID
  /// Octets that were to be filed; 0 where the client did not say.
  public let size: UInt64

  public init(user: UserID, size: UInt64) {
    self.user = user
    self.size = size
  }

  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    Outcome(drafts: try view.untold(user, size))
  }
}

extension StateView {
  /// Whether it has still to be told that there is no room for so many octets.
  func isUntold(_ user: UserID, _ size: UInt64) throws -> Bool {
    try !untold(user, size).isEmpty
  }

  func untold(_ id: UserID, _ size: UInt64) throws -> [Draft] {
    guard let user = try user(id), !user.isDeleted else { return [] }
    var drafts: [Draft?] = []
    if try room(ofUserAlone: id).left <= size {
      drafts.append(try warning(of: user, added: 0, isFull: true))
    }
    if try room(of: user.domain).left <= size {
      drafts.append(try warning(of: user.domain, added: 0, isFull: true))
    }
    return drafts.compactMap { $0 }
  }
}

extension Node {
  /// Tells that a message of so many octets was refused because a user has no room for it; what was
  /// told is not told again. Where nothing can be written it stays untold.
  ///
  /// - Throws: `StoreError`; `ScribeError.stopped`.
  public func tellNoRoom(for size: UInt64, _ user: UserID) async throws {
    guard try state.read({ try $0.isUntold(user, size) }) else { return }
    do {
      _ = try await scribe.perform(TellNoRoom(user: user, size: size), origin: .server)
    } catch .unavailable {
      diagnostics.log(.warning, "no_room_untold")
    }
  }
}
