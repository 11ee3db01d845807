import Events
import Platform
import Synchronization

extension ContentStore {
  /// Forgets bodies that nobody holds any more: they are not found again, and `compact` gives their
  /// room back. Ids that are not there are passed over.
  ///
  /// After a crash some may be known again until `compact` asks who holds them.
  /// - Throws: `SystemError`, `ContentError`.
  public func free(_ ids: [ContentID]) throws {
    try upkeep.withLock { _ in
      for id in ids {
        try each(id) { segment, location, head in drop(id, segment, location, head.span) }
      }
    }
  }

  /// Overwrites bodies with zeros where they lie, synced: for a message whose records are redacted.
  /// They stay gone after a crash. Ids that are not there are passed over.
  ///
  /// - Throws: `SystemError`, `ContentError`.
  public func erase(_ ids: [ContentID]) throws {
    try upkeep.withLock { _ in
      _ = try usable { $0.newest }
      for id in ids {
        try each(id) { segment, location, head in
          let file = try files.file(segment.number, path: segment.path)
          try guarding { try unsynced { try erase(head, at: location.offset, in: file) } }
          drop(id, segment, location, head.span)
        }
      }
    }
  }

  private func erase(_ head: BodyHead, at offset: UInt64, in file: any DiskFile) throws {
    var erased = head
    erased.isErased = true
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    var at = offset + UInt64(BodyHead.size)
    while at < offset + head.span {
      let count = Int(min(UInt64(zeros.count), offset + head.span - at))
      try file.write(count == zeros.count ? zeros : Array(zeros[..<count]), at: at)
      at += UInt64(count)
    }
    try file.write(erased.bytes, at: offset)
    try file.syncData()
  }

  /// Every place where a body lies: after a crash in the midst of a compaction there are two.
  private func each(
    _ id: ContentID, _ body: (Segment, BodyLocation, BodyHead) throws -> Void
  ) throws {
    for location in index.candidates(id) {
      guard let segment = segments.withLock({ $0.all[location.segment] }) else { continue }
      let file = try files.file(segment.number, path: segment.path)
      let bytes = try file.read(BodyHead.size, at: location.offset)
      guard let head = BodyHead(bytes.span, in: segment.number), head.content == id else {
        continue
      }
      try body(segment, location, head)
    }
  }

  func drop(_ id: ContentID, _ segment: Segment, _ location: BodyLocation, _ span: UInt64) {
    guard index.replace(id.rawValue.high, location, with: nil) else { return }
    segment.state.withLock {
      $0.live -= min($0.live, span)
      $0.hasFreed = true
    }
  }
}
