import TestKit
import Testing

/// What a machine can check of how the project is written.
@Suite struct TidyTests {
  static let sources = SourceTree("Sources")
  static let tests = SourceTree("Tests")

  @Test func `The tree was found`() {
    check(Self.sources.files.count > 100, "too few source files: \(Self.sources.files.count)")
  }

  @Test func `No file is longer than 500 lines`() {
    for file in Self.sources.files + Self.tests.files where file.lines.count > 501 {
      Issue.record("\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test func `No function is longer than 70 lines`() {
    for file in Self.sources.files {
      for function in Functions.of(file) where function.length > 70 {
        Issue.record("\(file.path):\(function.line) \(function.name) has \(function.length) lines")
      }
    }
  }

  @Test func `No file is called after nothing in particular`() {
    let vague = ["Util", "Helper", "Manager", "Common", "Base.", "Misc"]
    for file in Self.sources.files where vague.contains(where: file.name.contains) {
      Issue.record("\(file.path): name what it is")
    }
  }

  @Test func `Words that hide something do not occur`() {
    let words = ["TODO", "FIXME", "XXX", "HACK", "try!", "as!", "fatalError(\"not", "usleep("]
    for file in Self.sources.files {
      for (number, line) in file.lines.enumerated() {
        for word in words where line.contains(word) {
          Issue.record("\(file.path):\(number + 1) contains \(word)")
        }
        if line.contains("catch {}") || line.contains("catch { }") {
          Issue.record("\(file.path):\(number + 1) swallows an error")
        }
      }
    }
  }

  @Test func `Unchecked sendability stays in the rooms that touch the machine`() {
    let rooms = ["/Platform/", "/Store/", "/Network/"]
    for file in Self.sources.files where !rooms.contains(where: file.path.contains) {
      let count = file.lines.count { $0.contains("@unchecked Sendable") && !$0.contains("///") }
      let allowed = Ratchets.uncheckedSendable[file.path] ?? 0
      check(count <= allowed, "\(file.path): @unchecked Sendable")
    }
  }

  @Test func `Imports follow the arrows and pure rooms stay pure`() {
    for file in Self.sources.files {
      let room = Layers.room(of: file.path)
      guard let allowed = Layers.imports[room] else {
        Issue.record("\(file.path): room \(room) is not in the layers table")
        continue
      }
      for name in file.imports where !allowed.contains(name) {
        Issue.record("\(file.path): \(room) must not import \(name)")
      }
    }
  }

  @Test func `Every file is used by another`() {
    for file in Self.sources.files where DeadFiles.isDead(file, in: Self.sources.files) {
      Issue.record("\(file.path): nothing outside names what it declares")
    }
  }
}
