import Platform

/// An empty directory of one test, removed with everything in it when the test lets go of it.
public final class ScratchDirectory: Sendable {
  /// Where it is.
  public let path: String

  /// Makes the directory below `TMPDIR`, or below `/tmp`; in memory, where syncs cost nothing and
  /// the machine has such a place.
  public init(inMemory: Bool = false) throws {
    let root = inMemory && Directory.exists("/dev/shm") ? "/dev/shm" : Self.root
    path = "\(root)/daybook-test-\(SystemEntropy().id())"
    try Directory.create(path)
  }

  deinit {
    // A directory that cannot be removed is the machine's to clean; the test has passed or not.
    _ = try? Directory.removeTree(path)
  }

  /// The path of `name` inside the directory.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  private static let root = environmentVariable("TMPDIR") ?? "/tmp"
}
