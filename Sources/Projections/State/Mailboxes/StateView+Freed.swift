import Events
import Platform

/// A body that no message refers to any more.
public struct FreedContent: Hashable, Sendable {
  /// The event that removed the last message with it.
  public let position: Position
  public let content: ContentID
}

extension StateView {
  /// The bodies freed, oldest first, from those after `position` on: what the content store may drop
  /// once every content follower has passed the position.
  ///
  /// A queue and no fold: after a rebuild everything that was ever freed is in it again.
  public func freed(after position: Position = .zero, limit: Int) throws -> [FreedContent] {
    var freed: [FreedContent] = []
    let start = Content.key(position.advanced())
    try scan(.freed, prefix: [], from: start) { key, _ in
      var cursor = RowCursor()
      let position = Position(try cursor.uint64(key))
      freed.append(
        FreedContent(position: position, content: ContentID(rawValue: try cursor.id(key))))
      return freed.count < limit
    }
    return freed
  }
}
