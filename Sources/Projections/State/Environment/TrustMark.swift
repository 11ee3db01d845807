import Platform

/// Whether an unsynced environment can be trusted: a small synced file inside its directory.
///
/// It holds the boot id under which the environment was last opened for writing, or says that it was
/// synced and closed since. Another boot without that means that the machine went down with pages
/// unwritten. kill -9 does no harm: the kernel has the pages.
public struct TrustMark: Sendable {
  private let path: String

  public init(_ directory: String) { path = directory + "/mark" }

  /// Whether there is a mark at all; copies made for comparing have none.
  public var exists: Bool { Directory.exists(path) }

  /// Whether what is in the directory may be used under this boot.
  public func isTrusted(boot: ID) throws -> Bool {
    guard exists else { return false }
    let file = try Descriptor.open(path, [.read])
    let words = String(decoding: try file.readAll(), as: UTF8.self).split(separator: " ")
    return words == ["clean"] || words == ["open", Substring(boot.description)]
  }

  /// The environment is open for writing from now on.
  public func open(boot: ID) throws { try write("open \(boot)") }

  /// The environment is closed, and all of it is on the disk.
  public func close() throws { try write("clean") }

  private func write(_ text: String) throws {
    let fresh = path + ".new"
    let file = try Descriptor.open(fresh, [.write, .create, .truncate])
    try file.pwrite(Array(text.utf8), at: 0)
    try file.fsync()
    try Directory.rename(fresh, to: path)
    guard let parent = Directory.parent(of: path) else { return }
    try Directory.sync(parent)
  }
}
