import Glibc
import Platform

/// A directory for what a benchmark writes, on a real disk, gone when it is over.
final class BenchScratch {
  let path: String
  private var count = 0

  /// - Parameter place: a directory, made where there is none; nil takes `$TMPDIR` or `/var/tmp`,
  ///   for `/tmp` may be in memory.
  init(inside place: String?) throws {
    let place = place ?? Self.temporary
    path = "\(place)/daybook-bench-\(getpid())"
    try Directory.create(path, parents: true)
  }

  private static var temporary: String {
    guard let value = unsafe getenv("TMPDIR") else { return "/var/tmp" }
    return unsafe String(cString: value)
  }

  /// A path of its own for the next thing, where nothing is yet.
  func next() -> String {
    count += 1
    return "\(path)/\(count)"
  }

  func remove(_ terminal: Terminal) {
    do { try Directory.removeTree(path) } catch {
      terminal.warn("daybook: \(path) could not be removed: \(error)")
    }
  }
}
