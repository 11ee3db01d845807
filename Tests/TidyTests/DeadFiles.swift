/// Finds source files whose declarations no other file names.
enum DeadFiles {
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "actor", "typealias", "func", "let", "var",
  ]
  private static let entryPoints = ["main.swift"]

  static func isDead(_ file: SourceTree.File, in files: [SourceTree.File]) -> Bool {
    if entryPoints.contains(file.name) { return false }
    let names = declaredNames(file)
    // A file of operators, conformances or initialisers alone cannot be judged by name.
    if names.isEmpty { return false }
    return !files.contains { other in
      other.path != file.path && names.contains { mentions(other, $0) }
    }
  }

  private static func mentions(_ file: SourceTree.File, _ name: String) -> Bool {
    file.words.contains(name)
  }

  /// Names declared at the top of the file or as a member of a top-level type.
  private static func declaredNames(_ file: SourceTree.File) -> Set<String> {
    var names: Set<String> = []
    for line in file.lines {
      let indent = line.prefix { $0 == " " }.count
      guard indent <= 2 else { continue }
      let words = line.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") })
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count,
        kind <= 4, !line.hasPrefix("//"), !line.contains("private ")
      else { continue }
      names.insert(String(words[kind + 1]))
    }
    return names
  }
}
