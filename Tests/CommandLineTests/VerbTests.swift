import TestKit
import Testing

@testable import CommandLine

@Suite(.serialized) struct VerbTests {
  @Test func everyVerbIsDeclaredWell() {
    let usages = DaybookCommand.verbs.map { $0.usage }
    check(Set(usages.map(\.words)).count, usages.count, "words are unique")
    for usage in usages {
      let name = usage.words.joined(separator: " ")
      check(usage.summary.hasSuffix(".") && usage.summary.count < 80, "\(name): summary")
      check(usage.help.hasPrefix("usage: daybook \(name)"), "\(name): help")
      check(Set(usage.options.map(\.name)).count, usage.options.count, name)
      for option in usage.options {
        check(usage.help.contains("  \(option.name)"), "\(name): \(option.name) is not explained")
        check(option.name.hasPrefix("--") && !option.help.isEmpty, "\(name): \(option.name)")
      }
      for line in usage.help.split(separator: "\n") {
        check(line.count <= 110, "\(name): a line of help has \(line.count) columns")
      }
      check(HelpVerb.overview.contains("  \(name) "), "\(name) is not in the overview")
    }
  }

  /// The exit code, and a part of what is written: after 0 on standard output, else on the other.
  @Test func whatItEndsWithIsWhatItSays() async throws {
    let scratch = try ScratchDirectory()
    let none = scratch.path("none")
    let data = scratch.path("data")
    let table: [(words: String, code: Int32, says: String)] = [
      ("", 2, ""), ("help", 0, "Every verb takes --data DIR"), ("--help", 0, "Exit codes"),
      ("help user add", 0, "usage: daybook user add ADDRESS"), ("help user", 0, "user passwd"),
      ("help frobnicate", 2, "there is no verb \"frobnicate\""), ("version", 0, "daybook 0."),
      ("frobnicate", 2, "`daybook help` lists the verbs"), ("user", 2, "user add, user list"),
      ("user frob x", 2, "it is one of"), ("completion zsh", 2, "only bash"),
      ("replay --help", 0, "--until N|TIME"), ("replay --sideways", 2, "no option --sideways"),
      ("--data \(none) status", 2, "behind the verb"),
      ("status --data /etc/hostname", 3, "Not a directory"),
      ("status --data \(none)", 3, "holds no journal: `daybook init` makes one"),
      ("verify --data \(none)", 3, "holds no journal"),
      ("replay --data \(none)", 3, "holds no journal"),
      ("rebuild --data \(none)", 3, "holds no journal"),
      ("serve --data \(none)", 3, "holds no journal"),
      ("serve --listen here --data \(none)", 2, "--listen takes an IP address, not \"here\""),
      ("serve --port-offset 70000 --data \(none)", 2, "at most 64000"),
      ("init --data \(data)", 0, "verifier"),
      ("init --data \(data)", 3, "already holds a journal"),
      ("domain list --data \(data)", 0, ""), ("status --data \(data)", 0, "writing"),
      ("user list absent.test --data \(data)", 1, "the domain absent.test does not exist"),
      ("domain delete absent.test --data \(data)", 1, "does not exist"),
      ("set no.such on --data \(data)", 1, "no.such"), ("get no.such --data \(data)", 1, "no.such"),
      ("get imap.idle_time --json --data \(data)", 0, "\"value\":\"1860\""),
      ("set imap.idle_time 1 --data \(data)", 1, "1800"),
      ("rebuild everything --data \(data)", 1, "state, chronicle"),
      ("rebuild --data \(data)", 0, "digest"),
      ("verify --projections --data \(data)", 0, "equal"),
      ("replay --until soon --data \(data)", 2, "soon"),
      ("replay --type no.such --data \(data)", 2, "no event type no.such"),
      ("replay --type server.started --data \(data)", 0, "server.started by server"),
      ("restore \(none) \(scratch.path("new")) --password-file \(none)", 2, "cannot be read"),
      ("limits --json", 0, "\"limit\":\"listeners\""),
    ]
    for (words, code, says) in table {
      let run = try await Captured.run(words.split(separator: " ").map(String.init))
      check(run.code, code, "daybook \(words): \(run.errors)")
      let text = code == 0 ? run.output : run.errors + run.output
      check(text.contains(says), "daybook \(words) says: \(text)")
      if code != 0, !words.isEmpty {
        check(run.errors.hasPrefix("daybook: "), "\(words): \(run.errors)")
        check(run.errors.split(separator: "\n").count, 1, "one line: \(run.errors)")
      }
    }
  }
}
