/// What this process holds of the machine's memory, told by the kernel.
public enum ProcessMemory {
  /// The resident set in bytes (`/proc/self/statm`, second field, in pages of 4 KiB).
  public static func resident() throws -> Int {
    let fields = try RepositoryFiles.read("/proc/self/statm").split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
      throw RepositoryFiles.Failure(description: "cannot read the resident set")
    }
    return pages * 4096
  }
}
