import Glibc

/// Files of the repository that tests read: transcripts and golden data.
public enum RepositoryFiles {
  /// A file could not be read or written.
  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  /// The absolute paths of the entries of the folder `path`, sorted; empty where it is absent.
  public static func list(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append("\(path)/\(name)") }
    }
    return names.sorted()
  }

  /// The octets of the file at `path`.
  public static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw Failure(description: "cannot read \(path)") }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return octets }
      octets += chunk[..<count]
    }
  }

  /// Replaces the file at `path`.
  public static func write(_ path: String, _ octets: [UInt8]) throws {
    guard let file = fopen(path, "wb") else { throw Failure(description: "cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(octets, 1, octets.count, file) == octets.count else {
      throw Failure(description: "cannot write \(path)")
    }
  }
}
