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
        + "content/\(Segment.name(UInt32(clamping: segment))) is damaged"
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
  /// The file's name; nil where it is the segment's own.
  private let file: String?

  init(
    content: ContentID?, segment: UInt64, offset: UInt64, chunk: UInt64?, what: String,
    file: String? = nil
  ) {
    self.content = content
    self.segment = segment
    self.offset = offset
    self.chunk = chunk
    self.what = what
    self.file = file
  }

  /// Damage to a segment's head or index file, not to a body.
  static func file(_ path: String, _ what: String) -> ContentDamage {
    let name = String(path.split(separator: "/").last ?? "")
    return ContentDamage(
      content: nil, segment: UInt64(Segment.number(of: name.dropLast(4) + ".seg") ?? 0), offset: 0,
      chunk: nil, what: what, file: name)
  }

  /// A body's head that is not one, where a body is known to begin.
  static func head(of content: ContentID? = nil, at place: BodyLocation) -> ContentDamage {
    ContentDamage(
      content: content, segment: UInt64(place.segment), offset: place.offset, chunk: nil,
      what: "its head is damaged")
  }

  public var description: String {
    if let file { return "content/\(file) at offset 0: \(what)" }
    let chunk = chunk.map { "chunk \($0): " } ?? ""
    let body = content.map { "the body \($0)" } ?? "a body"
    let file = Segment.name(UInt32(clamping: segment))
    return "\(body) at offset \(offset) of content/\(file): \(chunk)\(what)"
  }
}
