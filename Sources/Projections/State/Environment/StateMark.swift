import Platform

/// Whether the unsynced State can be trusted: a small synced file beside it.
///
/// It holds the boot id under which State was last opened for writing, and whether it was closed and
/// synced since. Another boot without that means that the machine went down with pages unwritten.
struct StateMark {
  private let path: String

  init(_ directory: String) { path = directory + "/mark" }

  /// Whether what is in the directory may be used.
  func isTrusted(boot: ID) throws -> Bool {
    guard Directory.exists(path) else { return false }
    let file = try Descriptor.open(path, [.read])
    let words = String(decoding: try file.readAll(), as: UTF8.self).split(separator: " ")
    return words == ["clean"] || words == ["open", Substring(boot.description)]
  }

  /// State is open from now on.
  func open(boot: ID) throws { try write("open \(boot)") }

  /// State is closed, and all of it is on the disk.
  func close() throws { try write("clean") }

  private func write(_ text: String) throws {
    let fresh = path + ".new"
    if Directory.exists(fresh) { try Directory.remove(fresh) }
    let file = try Descriptor.open(fresh, [.write, .create], mode: 0o600)
    try file.pwrite(Array(text.utf8), at: 0)
    try file.fsync()
    try Directory.rename(fresh, to: path)
    guard let parent = Directory.parent(of: path) else { return }
    try Directory.sync(parent)
  }
}
