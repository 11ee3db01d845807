import Glibc
import Platform
import TestKit
import Testing

@testable import CommandLine

@Suite struct CompletionTests {
  private let scratch: ScratchDirectory
  private let script: String

  init() throws {
    scratch = try ScratchDirectory()
    script = scratch.path("daybook.bash")
    let text = Completion.bash(DaybookCommand.verbs.map { $0.usage })
    try RepositoryFiles.write(script, Array(text.utf8))
  }

  /// What a shell offers where the cursor stands behind the last of `words`.
  private func offered(_ words: [String]) throws -> [Substring] {
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let output = scratch.path("offered")
    let command = """
      source \(script); COMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1); COMPREPLY=(); _daybook
      printf '%s\\n' "${COMPREPLY[@]}" > \(output)
      """
    let file = scratch.path("ask.bash")
    try RepositoryFiles.write(file, Array(command.utf8))
    check(system("bash \(file)"), 0, "bash")
    return String(decoding: try RepositoryFiles.read(output), as: UTF8.self).split(separator: "\n")
  }

  @Test func bashTakesTheScript() { check(system("bash -n \(script)"), 0) }

  @Test func verbsAndOptionsAreCompleted() throws {
    let all = Set(DaybookCommand.verbs.map { Substring($0.usage.words[0]) })
    check(Set(try offered(["daybook", ""])), all)
    check(try offered(["daybook", "reb"]), ["rebuild"])
    check(Set(try offered(["daybook", "user", ""])), ["add", "list", "passwd", "delete"])
    check(try offered(["daybook", "user", "pa"]), ["passwd"])
    check(try offered(["daybook", "replay", "--unt"]), ["--until"])
    check(try offered(["daybook", "replay", "--json", "--ty"]), ["--type"])
    check(try offered(["daybook", "domain", "add", "a.test", "--admin"]), ["--administrator"])
    check(Set(try offered(["daybook", "set", "--"])).contains("--domain"), "options of one word")
  }
}
