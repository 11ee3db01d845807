import Control
import Ledger
import State

private let whose = [
  Usage.Option("--domain", "NAME", "of this domain instead of the system"),
  Usage.Option("--user", "ADDRESS", "of this user"), Usage.json,
]

/// `daybook set`.
enum SetVerb: Verb {
  static let usage = Usage(
    "set", "Change a setting.", operands: [.required("KEY"), .required("VALUE")], options: whose,
    detail: "All settings: docs/settings.md, or `daybook get`.")

  static func run(_ call: Call) async throws -> ExitCode {
    var arguments = Row([
      "key": .text(call.operand(0) ?? ""), "value": .text(call.operand(1) ?? ""),
    ])
    if let domain = call["--domain"] { arguments["domain"] = .text(domain) }
    if let user = call["--user"] { arguments["user"] = .text(user) }
    return try await Act.show(ControlRequest("set", arguments), call)
  }
}

/// `daybook get`.
enum GetVerb: Verb {
  static let usage = Usage(
    "get", "Show settings as they stand.", operands: [.optional("KEY")], options: whose)

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let target = try data.target(call)
    let wanted = Settings.all.filter { declaration in
      call.operand(0).map { declaration.key == $0 } ?? declaration.levels.contains(target.level)
    }
    guard !wanted.isEmpty else {
      throw Failure(
        code: .refused,
        message: "the setting \(call.operand(0) ?? "") does not exist; `daybook get` lists them")
    }
    let rows = try data.state.read { view in
      try wanted.map { declaration in
        let state = try view.state(of: declaration, for: target)
        return Row([
          "key": .text(state.key), "value": .text(state.value),
          "source": .text(state.source?.rawValue ?? "default"),
          "unit": .optional(declaration.unit?.rawValue),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }
}

/// `daybook status`.
enum StatusVerb: Verb {
  static let usage = Usage(
    "status", "Show how the node fares.", options: [Usage.json],
    detail: "Through the running server, or by opening the data directory where none runs.")

  static func run(_ call: Call) async throws -> ExitCode {
    try await Act.show(ControlRequest("status"), call)
  }
}
