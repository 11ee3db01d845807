import Events
import Platform

/// A body that no message refers to any more.
public struct FreedContent: Hashable, Sendable {
  /// The event that removed the last message with it.
  public let position: Position
  public let content: ContentID

  /// The row's key in the table `freed`: position 8, content 16.
  var key: [UInt8] { Content.key(position) + content.rawValue.bytes }
}

extension StateView {
  /// The bodies freed, oldest first, from those after `last` on.
  ///
  /// A queue and no fold: a row stays until nothing of the body is left on the disk, and after a
  /// rebuild everything that was ever freed is in it again. So it is outside the logical digest.
  public func freed(after last: FreedContent? = nil, limit: Int) throws -> [FreedContent] {
    var freed: [FreedContent] = []
    // No key lies between a key and the same with a zero behind it.
    try scan(.freed, prefix: [], from: last.map { $0.key + [0] } ?? []) { key, _ in
      var cursor = RowCursor()
      let position = Position(try cursor.uint64(key))
      freed.append(
        FreedContent(position: position, content: ContentID(rawValue: try cursor.id(key))))
      return freed.count < limit
    }
    return freed
  }

  /// Those of some bodies that a message refers to. It reads every row of the table `content`.
  func held(_ bodies: Set<ContentID>) throws -> Set<ContentID> {
    var held: Set<ContentID> = []
    try scan(.content, prefix: []) { _, row in
      if let body = try Content.holding(row).1, bodies.contains(body) { held.insert(body) }
      return held.count < bodies.count
    }
    return held
  }
}
