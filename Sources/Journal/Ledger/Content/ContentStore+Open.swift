import Events
import Platform
import Synchronization

extension ContentStore {
  /// Opens every segment of the directory.
  func openAll() throws {
    var changed = false
    let names = try disk.list(directory)
    segments.withLock { $0.newest = names.compactMap(Segment.number).max() ?? 0 }
    for name in names {
      let path = "\(directory)/\(name)"
      if let number = Segment.number(of: name) {
        changed = try openIfThere(number, path) || changed
      } else if isWriter, name.hasSuffix(".idx.new") {
        try disk.remove(path)
      }
    }
    if changed { try disk.sync(directory) }
  }

  /// Opens one segment, unless a writer beside this reader has just removed it.
  private func openIfThere(_ number: UInt32, _ path: String) throws -> Bool {
    do { return try open(number, path) } catch let error as SystemError
      where error.isNotFound && !isWriter
    {
      return false
    }
  }

  /// Opens one segment; true where its file was removed.
  private func open(_ number: UInt32, _ path: String) throws -> Bool {
    let isNewest = segments.withLock { segments in
      segments.newest = max(segments.newest, number)
      return segments.newest == number
    }
    let segment = Segment(
      number: number, path: path, state: Segment.State(end: UInt64(SegmentHead.size)))
    let file = try files.file(number, path: path)
    let page = try file.read(SegmentHead.size, at: 0)
    let head = SegmentHead(page)
    if let head, head.log != log || head.segment != number {
      throw LedgerError.damaged(position: nil, what: "\(path) belongs to another journal")
    }
    // A crash while it was made leaves no head at all.
    if head == nil, !page.span.isZero { note(.file(path, "the segment's head is damaged")) }
    if head != nil, let known = try indexed(segment, file) {
      try take(known, segment, file)
      return false
    }
    // Without an index file the writer did not stop cleanly, or the file was damaged since.
    var scanner = try SegmentScanner(file, segment: number, from: UInt64(SegmentHead.size))
    let found = try scanner.all()
    // The newest one stays, or its number would be used again.
    let isUnused = try found.entries.isEmpty && isBlank(file, at: UInt64(SegmentHead.size))
    if isWriter, isUnused, !isNewest {
      files.forget(number)
      for path in [segment.indexPath, path] where disk.exists(path) { try disk.remove(path) }
      return true
    }
    if isWriter, head == nil {
      let head = SegmentHead(segment: number, created: clock.now(), log: log)
      try file.write(head.bytes, at: 0)
      try file.syncData()
    }
    add(found.entries, end: found.end, to: segment)
    if isWriter { try seal(segment, file) }
    return false
  }

  /// Whether no head was ever written at a place.
  private func isBlank(_ file: any DiskFile, at offset: UInt64) throws -> Bool {
    try file.read(BodyHead.size, at: offset).allSatisfy { $0 == 0 }
  }

  /// What the index file says, where it is valid and fits the segment.
  private func indexed(_ segment: Segment, _ file: any DiskFile) throws -> SegmentIndexFile? {
    guard disk.exists(segment.indexPath) else { return nil }
    let bytes = try readAll(segment.indexPath)
    guard let known = SegmentIndexFile(bytes, segment: segment.number, log: log),
      try known.end <= file.size()
    else {
      note(.file(segment.indexPath, "it is not what was written; the bodies are found without it"))
      return nil
    }
    guard known.isResumable else { return known }
    // Appended to in spite of its index file: then that is older than the segment.
    var scanner = try SegmentScanner(file, segment: segment.number, from: known.end)
    return try scanner.next() == nil ? known : nil
  }

  private func take(
    _ known: SegmentIndexFile, _ segment: Segment, _ file: any DiskFile
  ) throws {
    add(known.entries, end: known.end, to: segment)
    segment.state.withLock { $0.isIndexed = true }
    guard known.isResumable, known.end < limits.segmentBytes else {
      return segment.state.withLock { $0.entries = nil }
    }
    guard isWriter else { return }
    let tail = SegmentTail(
      segment: segment, file: file, end: known.end, size: try file.size(), written: known.end)
    segments.withLock { $0.idle.append(tail) }
  }

  /// Keeps what opening found, for whoever verifies.
  private func note(_ damage: ContentDamage) {
    findings.withLock { $0.append(damage) }
  }

  /// Makes a segment's bodies known.
  func add(_ entries: [BodyEntry], end: UInt64, to segment: Segment) {
    segment.state.withLock { state in
      // In place: a copy of all of them for each message would grow with the segment.
      state.entries = state.entries ?? []
      state.entries?.append(contentsOf: entries)
      state.end = end
      for entry in entries { state.live += entry.span }
    }
    segments.withLock { $0.all[segment.number] = segment }
    for entry in entries {
      index.insert(entry.key, BodyLocation(segment: segment.number, offset: entry.offset))
    }
  }

  /// Ends appending to a segment: its index file is written and the room behind its end given back.
  func seal(_ segment: Segment, _ file: any DiskFile) throws {
    indexFile(of: segment, isResumable: false, listsFreed: true)
    let (end, isIndexed) = segment.state.withLock { ($0.end, $0.isIndexed) }
    guard isIndexed else { return }
    segment.state.withLock { $0.entries = nil }
    if try file.size() > end { try file.truncate(to: end) }
  }

  /// A reader that does not find a body looks for what was written since. False where nothing was.
  func catchUp() throws -> Bool {
    guard !isWriter else { return false }
    return try upkeep.withLock { _ in try lookAgain() }
  }

  private func lookAgain() throws -> Bool {
    let numbers = try disk.list(directory).compactMap(Segment.number)
    var isNews = false
    for gone in segments.withLock({ Set($0.all.keys) }).subtracting(numbers) {
      segments.withLock { $0.all[gone] = nil }
      files.forget(gone)
      isNews = true
    }
    for number in numbers {
      let path = "\(directory)/\(Segment.name(number))"
      guard let segment = segments.withLock({ $0.all[number] }) else {
        _ = try openIfThere(number, path)
        isNews = isNews || segments.withLock { $0.all[number] != nil }
        continue
      }
      guard let end = segment.state.withLock({ $0.entries == nil ? nil : $0.end }) else { continue }
      let file = try files.file(number, path: path)
      var scanner = try SegmentScanner(file, segment: number, from: end)
      let found = try scanner.all()
      if !found.entries.isEmpty {
        add(found.entries, end: found.end, to: segment)
        isNews = true
      }
    }
    return isNews
  }
}
