import Platform
import TestKit
import Testing

@Suite struct DirectoryTests {
  let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  private func touch(_ path: String) throws {
    try Descriptor.open(path, [.write, .create]).pwrite([1], at: 0)
  }

  @Test func namesAreListedInTheOrderOfTheirBytes() throws {
    for name in ["b", "a", "ä", "Z", ".hidden", "a b"] { try touch(scratch.path(name)) }
    check(try Directory.list(scratch.path), [".hidden", "Z", "a", "a b", "b", "ä"])
    let error = #expect(throws: SystemError.self) { try Directory.list(scratch.path("none")) }
    check(error?.code, 2)
  }

  @Test func makingIsRepeatable() throws {
    let deep = scratch.path("a/b/c")
    let error = #expect(throws: SystemError.self) { try Directory.create(deep) }
    check(error?.isNotFound ?? false, "not without those above")
    try Directory.create(deep, parents: true)
    try Directory.create(deep, parents: true)
    try Directory.create(deep)
    check(try Directory.status(deep).isDirectory, "it is there")
    check(try Directory.status(deep).permissions, 0o700)
    try touch(scratch.path("file"))
    let taken = #expect(throws: SystemError.self) { try Directory.create(scratch.path("file")) }
    check(taken?.alreadyExists ?? false, "a file is in the way")
    try Directory.sync(deep)
  }

  @Test func renamingReplaces() throws {
    let (from, to) = (scratch.path("from"), scratch.path("to"))
    try touch(from)
    try Descriptor.open(to, [.write, .create]).pwrite([1, 2, 3], at: 0)
    try Directory.rename(from, to: to)
    check(Directory.exists(to) && !Directory.exists(from), "moved")
    check(try Directory.status(to).size, 1)
    try Directory.remove(to)
    let error = #expect(throws: SystemError.self) { try Directory.remove(to) }
    check(error?.description, "unlink \(to): No such file or directory (ENOENT)")
  }

  @Test func removingATreeDoesNotFollowLinks() throws {
    let (tree, outside) = (scratch.path("tree"), scratch.path("outside"))
    try Directory.create(tree + "/a/b", parents: true)
    try Directory.create(outside)
    try touch(outside + "/kept")
    try touch(tree + "/a/b/file")
    try Directory.link(tree + "/link", to: outside)
    try Directory.removeTree(tree)
    check(!Directory.exists(tree), "removed")
    check(Directory.exists(outside + "/kept"), "what the link named is still there")
    try Directory.removeTree(tree)
  }

  @Test func volumesTellTheirKindAndRoom() throws {
    let volume = try Directory.volume(scratch.path)
    check(volume.remoteKind, nil)
    check(volume.freeBytes > 0 && volume.freeBytes <= volume.totalBytes, "\(volume)")
    let kinds: [(UInt64, String?)] = [
      (0xef53, nil), (0x5846_5342, nil), (0x9123_683e, nil), (0x0102_1994, nil),
      (0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0x6573_5546, "FUSE"),
    ]
    for (magic, kind) in kinds {
      check(Volume(magic: magic, freeBytes: 0, totalBytes: 0).remoteKind, kind)
    }
  }

  @Test func parentsAreFound() {
    let rows: [(String, String?)] = [
      ("/a/b", "/a"), ("/a", "/"), ("/", nil), ("a", "."), ("a/b/", "a"), ("", nil),
    ]
    for (path, parent) in rows { check(Directory.parent(of: path), parent, path) }
  }
}
