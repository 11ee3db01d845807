/// `daybook help`: the overview of all verbs.
enum HelpVerb: Verb {
  static let usage = Usage(
    "help", "List the verbs, or explain one.", operands: [.optional("VERB", repeats: true)])

  static func run(_ call: Call) async throws -> ExitCode {
    let words = call.invocation.operands
    guard !words.isEmpty else {
      call.terminal.say(overview)
      return .success
    }
    let found = DaybookCommand.verbs.map { $0.usage }.filter { $0.words.starts(with: words) }
    guard !found.isEmpty else {
      throw Failure(code: .usage, message: "there is no verb \"\(words.joined(separator: " "))\"")
    }
    call.terminal.say(found.map(\.help).joined(separator: "\n"))
    return .success
  }

  static var overview: String {
    let usages = DaybookCommand.verbs.map { $0.usage }
    let width = usages.map { $0.words.joined(separator: " ").count }.max() ?? 0
    let lines = usages.map { usage in
      let name = usage.words.joined(separator: " ")
      return "  \(name)\(String(repeating: " ", count: width - name.count))  \(usage.summary)"
    }
    return """
      daybook: a mail platform whose only truth is an append-only journal

      \(lines.joined(separator: "\n"))

      Every verb takes --data DIR (default: $DAYBOOK_DATA or ./data) and --help.
      Exit codes: 0 done, 1 refused or not found, 2 wrong command line, 3 not available, 4 damage found.
      """
  }
}

/// `daybook completion bash`.
enum CompletionVerb: Verb {
  static let usage = Usage(
    "completion", "Print the bash completion script.", operands: [.required("bash")],
    detail: "Load it with: source <(daybook completion bash)")

  static func run(_ call: Call) async throws -> ExitCode {
    guard call.operand(0) == "bash" else {
      throw Failure(code: .usage, message: "only bash is supported: daybook completion bash")
    }
    call.terminal.say(Completion.bash(DaybookCommand.verbs.map { $0.usage }))
    return .success
  }
}

/// `daybook version`.
enum VersionVerb: Verb {
  static let version = "0.1.0"
  static let usage = Usage("version", "Print the version.")

  static func run(_ call: Call) async throws -> ExitCode {
    call.terminal.say("daybook \(version)")
    return .success
  }
}
