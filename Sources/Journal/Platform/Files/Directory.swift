import CPlatform
import Glibc

/// Names in directories: making, moving, listing and removing them.
///
/// A name is safe only after `sync` of the directory that holds it.
public enum Directory {
  /// Makes the directory `path`, readable by its owner only; one that exists is left as it is.
  ///
  /// With `parents` those above it too, each synced into the one above.
  public static func create(_ path: String, parents: Bool = false) throws(SystemError) {
    let code = daybook_make_directory(path, 0o700)
    if code == -EEXIST, isDirectory(path) { return }
    if code == -ENOENT, parents, let above = parent(of: path) {
      try create(above, parents: true)
      try SystemError.check(daybook_make_directory(path, 0o700), "mkdir", path)
      try sync(above)
      return
    }
    try SystemError.check(code, "mkdir", path)
  }

  /// The names in the directory, sorted by their bytes, without `.` and `..`.
  public static func list(_ path: String) throws(SystemError) -> [String] {
    var names: [String] = []
    let code = withUnsafeMutablePointer(to: &names) { names in
      daybook_list(path, names) { context, name in
        guard let context, let name else { return }
        context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
      }
    }
    try SystemError.check(code, "readdir", path)
    return names.sorted()
  }

  /// Brings the names of the directory to the disk.
  public static func sync(_ path: String) throws(SystemError) {
    try Descriptor.open(path, [.read, .directory]).fsync()
  }

  /// Gives `from` the name `to`, in one step, replacing a file of that name.
  public static func rename(_ from: String, to: String) throws(SystemError) {
    try SystemError.check(daybook_rename(from, to), "rename", from)
  }

  /// Makes the symbolic link `path`, which names `target`.
  public static func link(_ path: String, to target: String) throws(SystemError) {
    try SystemError.check(daybook_link(target, path), "symlink", path)
  }

  /// Removes the file `path`.
  public static func remove(_ path: String) throws(SystemError) {
    try SystemError.check(daybook_remove_file(path), "unlink", path)
  }

  /// Removes `path` and, where it is a directory, everything in it. Symbolic links are removed,
  /// not followed. A path that names nothing is no error.
  public static func removeTree(_ path: String) throws(SystemError) {
    let code = daybook_remove_file(path)
    if code == 0 || code == -ENOENT { return }
    guard code == -EISDIR || code == -EPERM else {
      throw SystemError(code: -code, operation: "unlink", path: path)
    }
    for name in try list(path) { try removeTree("\(path)/\(name)") }
    try SystemError.check(daybook_remove_directory(path), "rmdir", path)
  }

  /// Whether `path` names anything.
  public static func exists(_ path: String) -> Bool {
    (try? status(path)) != nil
  }

  /// Size, time and identity of what `path` names.
  public static func status(_ path: String) throws(SystemError) -> FileStatus {
    var status = daybook_file_status()
    try SystemError.check(daybook_path_status(path, &status), "stat", path)
    return FileStatus(status)
  }

  /// The file system `path` lies on.
  public static func volume(_ path: String) throws(SystemError) -> Volume {
    var volume = daybook_volume()
    try SystemError.check(daybook_volume_of(path, &volume), "statfs", path)
    return Volume(
      magic: volume.magic, freeBytes: volume.free_bytes, totalBytes: volume.total_bytes)
  }

  /// The directory that holds `path`; nil for the root.
  public static func parent(of path: String) -> String? {
    let trimmed = path.utf8.last == UInt8(ascii: "/") ? path.dropLast() : path[...]
    guard !trimmed.isEmpty else { return nil }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  private static func isDirectory(_ path: String) -> Bool {
    (try? status(path))?.isDirectory ?? false
  }
}
