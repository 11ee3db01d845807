import Platform
import TestKit
import Testing

@Suite struct DescriptorTests {
  let scratch: ScratchDirectory
  var path: String { scratch.path("file") }

  init() throws {
    scratch = try ScratchDirectory()
  }

  private func make() throws -> Descriptor {
    try Descriptor.open(path, [.read, .write, .create])
  }

  @Test func whatIsWrittenIsRead() throws {
    let file = try make()
    let bytes = SeededEntropy(seed: 1).bytes(200_000)
    try file.pwrite(bytes, at: 1000)
    try file.fdatasync()
    check(try file.size(), 201_000)
    check(try file.pread(200_000, at: 1000), bytes)
    check(try file.pread(10, at: 995), [0, 0, 0, 0, 0] + bytes.prefix(5), "a hole is zero")
    check(try file.pread(100, at: 200_990), Array(bytes.suffix(10)), "up to the end")
    check(try file.pread(100, at: 201_000), [], "at the end")
    check(try file.pread(0, at: 0), [])
    let waiting = try file.preadNoWait(200_000, at: 1000)
    check(waiting == nil || waiting == bytes, "all of it or nothing")
    check(try file.preadNoWait(5, at: 999_999) ?? [], [], "beyond the end")
    check(try Descriptor.open(path, [.read]).readAll().count, 201_000)
  }

  @Test func partsAreWrittenOneAfterAnother() throws {
    let file = try make()
    let entropy = SeededEntropy(seed: 2)
    let parts = (0..<200).map { entropy.bytes($0 % 7 * 100) }
    try file.pwritev(parts, at: 10)
    check(try file.pread(1 << 20, at: 10), parts.flatMap { $0 })
    try file.pwritev([], at: 0)
    try file.pwritev([[], []], at: 0)
    check(try file.size(), 10 + UInt64(parts.reduce(0) { $0 + $1.count }))
  }

  @Test func flagsMeanWhatTheySay() throws {
    try make().pwrite([1, 2, 3], at: 0)
    func code(_ flags: Descriptor.Flags, _ path: String) throws -> String? {
      let error = #expect(throws: SystemError.self) { _ = try Descriptor.open(path, flags).raw }
      return error?.description
    }
    check(
      try code([.write, .create, .exclusive], path), "open \(path): File exists (EEXIST)")
    check(try code([.read], path + "x"), "open \(path)x: No such file or directory (ENOENT)")
    check(try code([.read, .directory], path), "open \(path): Not a directory (ENOTDIR)")
    check(try Descriptor.open(path, [.write, .truncate]).size(), 0)
    let end = try Descriptor.open(path, [.write, .append])
    try end.write([4])
    try end.write([5])
    check(try Descriptor.open(path, [.read]).readAll(), [4, 5])
    check(try Directory.status(path).permissions, 0o600)
  }

  @Test func sizesCanBeSet() throws {
    let file = try make()
    try file.allocate(1 << 20)
    check(try file.size(), 1 << 20)
    try file.truncate(to: 100)
    check(try file.size(), 100)
    try file.fsync()
    let error = #expect(throws: SystemError.self) { try file.truncate(to: .max) }
    check(error?.description, "seek \(path): Value too large for defined data type (EOVERFLOW)")
    let far = #expect(throws: SystemError.self) { try file.pread(1, at: .max) }
    check(far?.operation, "seek")
  }

  @Test func readingAllHasALimit() throws {
    let file = try make()
    try file.pwrite([UInt8](repeating: 1, count: 70_000), at: 0)
    check(try Descriptor.open(path, [.read]).readAll(limit: 70_000).count, 70_000)
    let error = #expect(throws: SystemError.self) {
      try Descriptor.open(path, [.read]).readAll(limit: 69_999)
    }
    check(error?.description, "read \(path): File too large (EFBIG)")
  }

  @Test func oneDescriptorHasTheLock() throws {
    let first = try make()
    let second = try make()
    check(try first.lock(), "the first")
    check(try first.lock(), "it has it already")
    check(try !second.lock(), "the second is locked out")
    _ = consume first
    check(try second.lock(), "the lock fell away with its descriptor")
  }

  @Test func errorsTellFullFromOthers() {
    let rows: [(Int32, Bool, Bool)] = [
      (28, true, false), (122, true, false), (5, false, false), (2, false, true),
    ]
    for (code, isFull, isNotFound) in rows {
      let error = SystemError(code: code, operation: "write", path: "/x")
      check(error.isFull, isFull, "\(code)")
      check(error.isNotFound, isNotFound, "\(code)")
    }
    check(
      SystemError(code: 28, operation: "open", path: "/x").description,
      "open /x: No space left on device (ENOSPC)")
    check(
      SystemError(code: 9999, operation: "open", path: "/x").description,
      "open /x: unknown error (errno 9999)")
  }
}
