import Control
import Events
import Ledger
import Platform
import State

/// `daybook block list`: current blocks.
enum BlockListVerb: Verb {
  static let usage = Usage(
    "block list", "List the sources that are blocked now.", options: [Usage.json],
    detail: "Rules, thresholds and times are the settings abuse.*.")

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let now = ClockMark(SystemClock())
    let rows = try data.state.read { view in
      try view.blocks().map { block in
        Row([
          "source": .text(block.source), "service": .text(block.service.rawValue),
          "rule": .text(block.rule.rawValue), "count": .number(block.count),
          "threshold": .number(block.threshold), "window": .number(block.window),
          "since": .text("\(block.since.wall)"),
          "left": .number(UInt64(block.left(at: now).components.seconds)),
          "position": .number(block.position.rawValue),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }
}

/// `daybook block lift`.
enum BlockLiftVerb: Verb {
  static let usage = Usage(
    "block lift", "Lift the blocks of an address or network.", operands: [.required("ADDRESS")],
    options: [.init("--service", "NAME", "only this service: smtp, imap or pop"), Usage.json],
    detail: "What was counted of it is forgotten too.")

  static func run(_ call: Call) async throws -> ExitCode {
    var arguments = Row(["source": .text(call.operand(0) ?? "")])
    if let service = call["--service"] { arguments["service"] = .text(service) }
    return try await Act.show(ControlRequest("block.lift", arguments), call)
  }
}

/// `daybook access list`: blacklist and whitelist.
enum AccessListVerb: Verb {
  static let usage = Usage(
    "access list", "List the blacklist (deny) and the whitelist (allow).", options: [Usage.json],
    detail: "The setting protection.whitelist holds further networks, by default loopback.")

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let entries = try data.state.read { try $0.accessEntries() }
    let groups = Dictionary(grouping: entries) { $0.network }
    let rows = groups.sorted { $0.key < $1.key }.flatMap { network, entries in
      AccessAction.allCases.compactMap { action -> Row? in
        let listed = entries.filter { $0.action == action }
        guard let first = listed.first else { return nil }
        return Row([
          "network": .text("\(network)"), "action": .text(action.rawValue),
          "services": .text(listed.map(\.service.rawValue).joined(separator: ",")),
          "comment": .text(first.comment),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }
}

private let services = Usage.Option(
  "--service", "LIST", "only these services: smtp, imap, pop (default: all)")
private let comment = Usage.Option("--comment", "TEXT", "why, for whoever reads the list")

/// `daybook access allow`: the whitelist.
enum AccessAllowVerb: Verb {
  static let usage = Usage(
    "access allow", "Whitelist an address or network: never blocked, counted or greylisted.",
    operands: [.required("NETWORK")], options: [services, comment, Usage.json],
    detail: "Of several networks that hold an address the narrowest decides.")

  static func run(_ call: Call) async throws -> ExitCode { try await change(call, .allow) }
}

/// `daybook access deny`: the blacklist.
enum AccessDenyVerb: Verb {
  static let usage = Usage(
    "access deny", "Blacklist an address or network: hung up on before anything else.",
    operands: [.required("NETWORK")], options: [services, comment, Usage.json],
    detail: "Of several networks that hold an address the narrowest decides.")

  static func run(_ call: Call) async throws -> ExitCode { try await change(call, .deny) }
}

/// `daybook access remove`.
enum AccessRemoveVerb: Verb {
  static let usage = Usage(
    "access remove", "Take an address or network off the lists.",
    operands: [.required("NETWORK")], options: [services, Usage.json])

  static func run(_ call: Call) async throws -> ExitCode { try await change(call, nil) }
}

private func change(_ call: Call, _ action: AccessAction?) async throws -> ExitCode {
  var arguments = Row([
    "network": .text(call.operand(0) ?? ""),
    "services": .text(call.invocation.list("--service").joined(separator: ",")),
  ])
  if let action { arguments["action"] = .text(action.rawValue) }
  if action != nil, let comment = call["--comment"] { arguments["comment"] = .text(comment) }
  return try await Act.show(ControlRequest("access", arguments), call)
}
