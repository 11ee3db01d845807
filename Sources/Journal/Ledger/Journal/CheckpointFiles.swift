import Platform

/// The signed checkpoints in files: one file a day, `YYYY-MM-DD.notes`, notes one after another,
/// each followed by an empty line.
///
/// They outlive the journal they were made from: a journal that is shorter than a checkpoint, or
/// has another root at its size, is not the one that was signed.
struct CheckpointFiles: Sendable {
  let directory: String
  /// A file outside the data directory that gets every note too; without one nobody can prove
  /// that a whole disk was set back.
  let outside: String?

  /// Appends a note to the day's file, synced, and to the one outside.
  ///
  /// - Returns: why the file outside could not be written, which stops nothing.
  func publish(_ note: String, at time: Timestamp) throws -> String? {
    let name = "\(directory)/\(time.description.prefix(10)).notes"
    let isNew = !Directory.exists(name)
    try Self.append(note, to: name)
    if isNew { try Directory.sync(directory) }
    guard let outside else { return nil }
    do { try Self.append(note, to: outside) } catch { return "\(error)" }
    return nil
  }

  /// The names of the files, the oldest day first.
  func names() throws -> [String] {
    guard Directory.exists(directory) else { return [] }
    return try Directory.list(directory).filter { $0.hasSuffix(".notes") }
  }

  /// The notes of one file; a last one that was cut off by a crash is left out.
  func notes(in name: String) throws -> [SignedNote] {
    try Self.notes(at: "\(directory)/\(name)")
  }

  /// What lies behind the last whole note of a file, and where it begins.
  func rest(in name: String) throws -> (offset: Int, bytes: [UInt8]) {
    let path = "\(directory)/\(name)"
    let (_, end, rest) = try Self.parse(try Descriptor.open(path, [.read]), path)
    return (Int(end), rest)
  }

  /// The newest note of all files; nil where there is none.
  func newest() throws -> SignedNote? {
    for name in try names().reversed() {
      if let last = try notes(in: name).last { return last }
    }
    return nil
  }

  /// The newest note in the file outside.
  func newestOutside() throws -> SignedNote? {
    guard let outside, Directory.exists(outside) else { return nil }
    return try Self.notes(at: outside).last
  }

  /// Removes what a crash left of a last note, or the next one would be appended to it. Before the
  /// first `publish`.
  func mend() throws {
    for path in try names().suffix(1).map({ "\(directory)/\($0)" }) + [outside].compactMap({ $0 })
    where Directory.exists(path) {
      let file = try Descriptor.open(path, [.read, .write])
      let end = try Self.parse(file, path).end
      guard try file.size() > end else { continue }
      try file.truncate(to: end)
      try file.fdatasync()
    }
  }

  /// Where it fails, nothing of the note stays: after a failed sync nobody knows what of it is on
  /// the disk, and the next attempt has to write all of it again.
  private static func append(_ note: String, to path: String) throws {
    let file = try Descriptor.open(path, [.write, .create])
    let end = try file.size()
    do {
      try file.pwrite(Array((note + "\n").utf8), at: end)
      try file.fdatasync()
    } catch {
      try file.truncate(to: end)
      throw error
    }
  }

  private static func notes(at path: String) throws -> [SignedNote] {
    try parse(try Descriptor.open(path, [.read]), path).notes
  }

  /// The notes of a file, where the last whole one ends, and what lies behind it. What a crash has
  /// torn can only be the last; a damaged one before others is damage.
  private static func parse(
    _ file: borrowing Descriptor, _ path: String
  ) throws -> (notes: [SignedNote], end: UInt64, rest: [UInt8]) {
    let bytes = try file.readAll(limit: 1 << 30)
    var notes: [SignedNote] = []
    var start = 0
    while let end = noteEnd(bytes, from: start) {
      do { notes.append(try SignedNote(Array(bytes[start..<end]))) } catch {
        guard noteEnd(bytes, from: end + 1) != nil else { break }
        throw LedgerError.damaged(
          position: nil, what: "\(path), the note at byte \(start): \(error)")
      }
      start = end + 1
    }
    return (notes, UInt64(start), Array(bytes[start...]))
  }

  /// The end of the note that starts at `start`: before the second empty line from there.
  private static func noteEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var emptyLines = 0
    var index = start + 1
    while index < bytes.count {
      if bytes[index] == 0x0A, bytes[index - 1] == 0x0A {
        emptyLines += 1
        if emptyLines == 2 { return index }
      }
      index += 1
    }
    return nil
  }
}
