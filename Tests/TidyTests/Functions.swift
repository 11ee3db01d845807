/// Finds functions and their lengths by their indentation, which the formatter guarantees.
enum Functions {
  struct Found {
    let name: String
    let line: Int
    let length: Int
  }

  static func of(_ file: SourceTree.File) -> [Found] {
    var found: [Found] = []
    for (index, line) in file.lines.enumerated() {
      guard let name = declared(line) else { continue }
      let indent = line.prefix { $0 == " " }
      let end = file.lines[index...].dropFirst().firstIndex { $0 == indent + "}" }
      guard let end, isBody(file.lines[index...end]) else { continue }
      found.append(Found(name: name, line: index + 1, length: end - index + 1))
    }
    return found
  }

  private static func declared(_ line: String) -> String? {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "(" || $0 == "<" })
    if let index = words.firstIndex(of: "func"), index + 1 < words.count {
      return String(words[index + 1])
    }
    let isInit = words.contains { $0 == "init" || $0 == "init?" }
    return isInit && !line.contains("=") && !line.contains(".init") ? "init" : nil
  }

  /// Whether the lines open a brace before another declaration of the same depth begins.
  private static func isBody(_ lines: ArraySlice<String>) -> Bool {
    lines.contains { $0.hasSuffix("{") }
  }
}
