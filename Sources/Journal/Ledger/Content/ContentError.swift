import Events

/// Why a body cannot be stored or read.
public enum ContentError: Error, Hashable, Sendable {
  /// It is not in any segment.
  case absent(ContentID)
  /// A chunk is not what was written, or the key is not the body's. Chunk nil: its head.
  case damaged(ContentID, segment: UInt64, offset: UInt64, chunk: UInt64?)
  /// It is longer than any segment can hold.
  case tooLarge(limit: UInt64)
  /// A write or sync failed before; what is on disk is known again after reopening.
  case broken
  /// The store is closed, or was opened for reading.
  case closed
}

extension ContentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .absent(let id): "the body \(id) is not there"
    case .damaged(let id, let segment, let offset, let chunk):
      "\(chunk.map { "chunk \($0)" } ?? "the head") of the body \(id) at offset \(offset) of "
        + "segment \(segment) is damaged"
    case .tooLarge(let limit): "a body is longer than \(limit) bytes"
    case .broken: "a write of bodies failed: the process must restart"
    case .closed: "the content is not open for writing"
    }
  }
}

/// A place in the segments that is not what was written.
public struct ContentDamage: Hashable, Sendable, CustomStringConvertible {
  /// Nil where the head is damaged, which would tell it.
  public let content: ContentID?
  public let segment: UInt64
  /// Where the body's head begins in the segment.
  public let offset: UInt64
  /// The damaged chunk, from 0; nil where it is the head or cannot be told.
  public let chunk: UInt64?
  public let what: String

  public var description: String {
    let chunk = chunk.map { "chunk \($0): " } ?? ""
    let body = content.map { "the body \($0)" } ?? "a body"
    return "\(body) at offset \(offset) of segment \(segment): \(chunk)\(what)"
  }
}
