import Glibc

/// The project's own Swift files, read once, for the tests that keep the house tidy.
struct SourceTree {
  struct File {
    /// Path from the project's root, such as `Sources/Journal/Events/CBOR.swift`.
    let path: String
    let lines: [String]
    /// Every word outside comments that fill a line.
    let words: Set<String>

    init(path: String, lines: [String]) {
      self.path = path
      self.lines = lines
      var words: Set<String> = []
      for line in lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
        for word in line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") }) {
          words.insert(String(word))
        }
      }
      self.words = words
    }

    var name: String { String(path.split(separator: "/").last ?? "") }
    var text: String { lines.joined(separator: "\n") }
    var imports: [String] {
      lines.compactMap { line in
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count
        else { return nil }
        return String(words[index + 1])
      }
    }
  }

  let root: String
  let files: [File]

  /// Reads every Swift file below `folder` of the project.
  init(_ folder: String) {
    let parts = #filePath.split(separator: "/").dropLast(3)
    root = "/" + parts.joined(separator: "/")
    var files: [File] = []
    SourceTree.walk(root, folder, into: &files)
    self.files = files.sorted { $0.path < $1.path }
  }

  private static func walk(_ root: String, _ folder: String, into files: inout [File]) {
    guard let directory = opendir("\(root)/\(folder)") else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      let path = "\(folder)/\(name)"
      if entry.pointee.d_type == UInt8(DT_DIR) {
        walk(root, path, into: &files)
      } else if name.hasSuffix(".swift") {
        files.append(File(path: path, lines: read("\(root)/\(path)")))
      }
    }
  }

  static func read(_ path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
