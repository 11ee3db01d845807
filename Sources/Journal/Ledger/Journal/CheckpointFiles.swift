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

  private static func append(_ note: String, to path: String) throws {
    let file = try Descriptor.open(path, [.write, .create, .append])
    try file.write(Array((note + "\n").utf8))
    try file.fdatasync()
  }

  static func notes(at path: String) throws -> [SignedNote] {
    let bytes = try Descriptor.open(path, [.read]).readAll(limit: 1 << 30)
    var notes: [SignedNote] = []
    var start = 0
    while let end = noteEnd(bytes, from: start) {
      do { notes.append(try SignedNote(Array(bytes[start..<end]))) } catch {
        throw LedgerError.damaged(
          position: nil, what: "\(path), the note at byte \(start): \(error)")
      }
      start = end + 1
    }
    return notes
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
