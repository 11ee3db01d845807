import Events
import Platform
import Synchronization

extension ContentStore {
  /// Forgets bodies that nobody holds any more: they are not found again, and `compact` gives their
  /// room back. After a crash they may be found again, so free them again then.
  ///
  /// - Returns: the ids of which nothing is on the disk, so that nothing is left to do.
  /// - Throws: `SystemError`, `ContentError`.
  @discardableResult
  public func free(_ ids: [ContentID]) throws -> [ContentID] {
    try upkeep.withLock { _ in
      _ = try usable { $0.newest }
      return try ids.filter { id in
        var isThere = false
        try each(id) { segment, location, span, _ in
          drop(id, segment, location, span)
          isThere = true
        }
        return !isThere
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
        try each(id) { segment, location, span, head in
          guard let head else { return }
          let file = try files.file(segment.number, path: segment.path)
          try guarding { try unsynced { try overwrite([(location, head)], in: file) } }
          drop(id, segment, location, span)
        }
      }
    }
  }

  /// Zeros in the place of bodies, and heads that say so; synced.
  func overwrite(_ bodies: [(location: BodyLocation, head: BodyHead)], in file: any DiskFile) throws
  {
    guard !bodies.isEmpty else { return }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    for (location, head) in bodies {
      var erased = head
      erased.isErased = true
      let end = location.offset + head.span
      var at = location.offset + UInt64(BodyHead.size)
      while at < end {
        let count = Int(min(UInt64(zeros.count), end - at))
        try file.write(count == zeros.count ? zeros : Array(zeros[..<count]), at: at)
        at += UInt64(count)
      }
      try file.write(erased.bytes, at: location.offset)
    }
    try file.syncData()
  }

  /// Every place where a body lies, with its bytes from head to head: after a crash in the midst of
  /// a compaction there are two. A damaged head is nil: eight random bytes of the id say whose it is.
  private func each(
    _ id: ContentID,
    _ body: (Segment, BodyLocation, _ span: UInt64, BodyHead?) throws -> Void
  ) throws {
    for location in index.candidates(id) {
      guard let segment = segments.withLock({ $0.all[location.segment] }) else { continue }
      let file = try files.file(segment.number, path: segment.path)
      let bytes = try file.read(BodyHead.size, at: location.offset)
      let head = BodyHead(bytes.span, in: segment.number)
      if let head, head.content != id { continue }
      let mended = head ?? BodyHead(mending: bytes, in: segment.number)
      try body(segment, location, mended?.span ?? 0, head)
    }
  }

  private func drop(
    _ id: ContentID, _ segment: Segment, _ location: BodyLocation, _ span: UInt64
  ) {
    guard index.replace(id.rawValue.high, location, with: nil) else { return }
    segment.state.withLock {
      $0.live -= min($0.live, span)
      $0.hasFreed = true
    }
  }
}
