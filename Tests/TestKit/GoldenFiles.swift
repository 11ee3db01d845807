/// Bytes to which a format is held for ever, in files below `Tests/Golden`.
///
/// `DAYBOOK_RECORD_GOLDEN=1` makes the tests write what is missing; nothing is ever overwritten.
public enum GoldenFiles {
  /// The absolute path of the folder.
  public static let folder: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(2).joined(separator: "/") + "/Golden"
  }()

  /// Whether missing files are to be written.
  public static let isRecording = environmentVariable("DAYBOOK_RECORD_GOLDEN") == "1"

  /// The octets of the file `name`. Where it is missing and is to be recorded, those of `made` are
  /// written to it and given.
  public static func read(
    _ name: String, orRecord made: () throws -> [UInt8]
  ) throws -> [UInt8] {
    let path = "\(folder)/\(name)"
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if RepositoryFiles.list(parent.joined(separator: "/")).contains(path) {
      return try RepositoryFiles.read(path)
    }
    guard isRecording else {
      throw RepositoryFiles.Failure(
        description: "\(path) is missing; DAYBOOK_RECORD_GOLDEN=1 writes it")
    }
    let octets = try made()
    try RepositoryFiles.write(path, octets)
    return octets
  }
}
