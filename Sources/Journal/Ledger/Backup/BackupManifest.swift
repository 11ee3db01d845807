import Events
import Platform

/// What a backup directory holds, and what it was made of.
///
/// A text file of lines, `manifest`: written last, so a directory with one is whole.
public struct BackupManifest: Hashable, Sendable {
  /// One file of the backup.
  public struct File: Hashable, Sendable {
    /// Below the backup directory, such as `content/0000000001.segment`.
    public let path: String
    /// Bytes.
    public let size: UInt64
    public let digest: Digest
    /// When the original was last changed; with the size it tells whether it has changed since.
    public let modified: Timestamp
  }

  /// The file's name.
  public static let name = "manifest"
  private static let firstLine = "daybook backup 1"

  public let log: LogID
  /// When the backup was made.
  public let made: Timestamp
  /// The last position in it.
  public let head: Position
  /// The root of the tree at `head`.
  public let root: Digest
  public let files: [File]

  public init(log: LogID, made: Timestamp, head: Position, root: Digest, files: [File]) {
    self.log = log
    self.made = made
    self.head = head
    self.root = root
    self.files = files
  }

  /// The text of the file.
  public var text: String {
    var text = """
      \(Self.firstLine)
      log \(log)
      made \(made)
      head \(head)
      root \(root)

      """
    for file in files {
      text += "file \(file.digest) \(file.size) \(file.modified.microseconds) \(file.path)\n"
    }
    return text
  }

  /// Reads the text of the file.
  ///
  /// - Throws: `BackupError.malformed`.
  public init(text: String) throws(BackupError) {
    var lines = text.split(separator: "\n")[...]
    guard lines.popFirst() == Self.firstLine[...] else { throw .malformed("its first line") }
    func field(_ name: String) throws(BackupError) -> Substring {
      guard let line = lines.popFirst(), line.hasPrefix(name + " ") else { throw .malformed(name) }
      return line.dropFirst(name.count + 1)
    }
    guard let log = ID(try field("log")) else { throw .malformed("log") }
    guard let made = Timestamp(rfc3339: String(try field("made"))) else { throw .malformed("made") }
    guard let head = UInt64(try field("head")) else { throw .malformed("head") }
    guard let root = Self.digest(try field("root")) else { throw .malformed("root") }
    var files: [File] = []
    while !lines.isEmpty { files.append(try Self.file(try field("file"))) }
    self.init(
      log: LogID(rawValue: log), made: made, head: Position(head), root: root, files: files)
  }

  private static func file(_ line: Substring) throws(BackupError) -> File {
    let parts = line.split(separator: " ", maxSplits: 3)
    guard parts.count == 4, let digest = digest(parts[0]), let size = UInt64(parts[1]),
      let modified = Int64(parts[2]), isInside(parts[3])
    else { throw .malformed("a line of a file") }
    return File(
      path: String(parts[3]), size: size, digest: digest,
      modified: Timestamp(microseconds: modified))
  }

  /// Whether a path stays below the directory it is taken from.
  private static func isInside(_ path: Substring) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private static func digest(_ text: Substring) -> Digest? {
    Hex.decode(text).flatMap { Digest(bytes: $0) }
  }
}
