import Control
import Events
import Platform
import State

private let greylisting = Usage.Option(
  "--greylisting", "on|off", "whether mail to it is greylisted (default on)")

/// `daybook alias add`.
enum AliasAddVerb: Verb {
  static let usage = Usage(
    "alias add", "Add an address that stands for others.",
    operands: [.required("ADDRESS"), .required("TARGET"), .optional("TARGET", repeats: true)],
    options: [greylisting, Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    try await Act.show(ControlRequest("alias.add", AliasVerbs.arguments(call)), call)
  }
}

/// `daybook alias set`.
enum AliasSetVerb: Verb {
  static let usage = Usage(
    "alias set", "Give an alias other targets, or another greylisting.",
    operands: [.required("ADDRESS"), .optional("TARGET", repeats: true)],
    options: [greylisting, Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    try await Act.show(ControlRequest("alias.set", AliasVerbs.arguments(call)), call)
  }
}

/// `daybook alias delete`.
enum AliasDeleteVerb: Verb {
  static let usage = Usage(
    "alias delete", "Delete an alias.", operands: [.required("ADDRESS")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    try await Act.show(ControlRequest("alias.delete", AliasVerbs.arguments(call)), call)
  }
}

/// `daybook alias list`.
enum AliasListVerb: Verb {
  static let usage = Usage(
    "alias list", "List the aliases of a domain.", operands: [.required("DOMAIN")],
    options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let domain = try data.domain(call.operand(0) ?? "")
    let rows = try data.state.read { view in
      try view.aliases(in: domain.id).map { alias in
        Row([
          "address": .text(
            "\(alias.localPart?.description ?? "(erased)")@\(domain.name?.text ?? "")"),
          "targets": .text(alias.targets.joined(separator: ", ")),
          "greylisting": .bool(alias.isGreylisted),
          "id": .text(alias.id.rawValue.description),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }
}

/// `daybook domain alias add`.
enum DomainAliasAddVerb: Verb {
  static let usage = Usage(
    "domain alias add", "Give a domain a further name for the same mailboxes.",
    operands: [.required("DOMAIN"), .required("NAME")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let arguments = Row([
      "domain": .text(call.operand(0) ?? ""), "name": .text(call.operand(1) ?? ""),
    ])
    return try await Act.show(ControlRequest("domain_alias.add", arguments), call)
  }
}

/// `daybook domain alias delete`.
enum DomainAliasDeleteVerb: Verb {
  static let usage = Usage(
    "domain alias delete", "Take a further name from its domain.", operands: [.required("NAME")],
    options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let arguments = Row(["name": .text(call.operand(0) ?? "")])
    return try await Act.show(ControlRequest("domain_alias.delete", arguments), call)
  }
}

/// `daybook domain alias list`.
enum DomainAliasListVerb: Verb {
  static let usage = Usage(
    "domain alias list", "List the further names of a domain.", operands: [.required("DOMAIN")],
    options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let domain = try data.domain(call.operand(0) ?? "")
    let aliases = try data.state.read { try $0.domainAliases(of: domain.id) }
    call.terminal.show(
      aliases.map {
        Row([
          "name": .text($0.name?.text ?? "(erased)"), "id": .text($0.id.rawValue.description),
        ])
      })
    return .success
  }
}

private enum AliasVerbs {
  /// Address, targets and greylisting of a command line, as far as they were given.
  static func arguments(_ call: Call) -> Row {
    var arguments = Row(["address": .text(call.operand(0) ?? "")])
    let targets = call.invocation.operands.dropFirst()
    if !targets.isEmpty { arguments["targets"] = .list(targets.map { .text($0) }) }
    if let greylisting = call["--greylisting"] { arguments["greylisting"] = .text(greylisting) }
    return arguments
  }
}
