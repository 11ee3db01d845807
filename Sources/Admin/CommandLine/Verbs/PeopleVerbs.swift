import Control
import Events
import Ledger
import Platform
import State

private let passwordFile = Usage.Option(
  "--password-file", "FILE", "read the password from the first line of FILE")

/// `daybook domain add`.
enum DomainAddVerb: Verb {
  static let usage = Usage(
    "domain add", "Create a domain together with its administrator.", operands: [.required("NAME")],
    options: [
      .init("--administrator", "NAME", "the administrator's local part (default postmaster)"),
      passwordFile, Usage.json,
    ], detail: "The administrator's password is read from standard input or asked for.")

  static func run(_ call: Call) async throws -> ExitCode {
    let secret = try SecretInput.read("password", from: call.invocation, call.terminal)
    let arguments = Row([
      "name": .text(call.operand(0) ?? ""),
      "administrator": .text(call["--administrator"] ?? "postmaster"),
    ])
    return try await Act.show(ControlRequest("domain.add", arguments, secret: secret), call)
  }
}

/// `daybook domain list`.
enum DomainListVerb: Verb {
  static let usage = Usage("domain list", "List the domains.", options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    guard Self.hasState(call) else { return .success }
    let view = try DataView(call)
    let rows = try view.state.read { view in
      try view.domains().map { domain in
        let use = try view.use(of: domain.id)
        return Row([
          "domain": .text(domain.name?.text ?? "(erased)"), "users": .number(UInt64(use.users)),
          "bytes": .number(use.bytes),
          "disabled": .bool(try view.value(Settings.domainDisabled, for: .domain(domain.id))),
          "id": .text(domain.id.rawValue.description),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }

  /// Before the first act there is a journal and no State: then there are no domains.
  private static func hasState(_ call: Call) -> Bool {
    do {
      _ = try DataView(call)
      return true
    } catch let failure as Failure where failure.code == .unavailable {
      return false
    } catch {
      return true
    }
  }
}

/// `daybook domain set`: a setting of one domain.
enum DomainSetVerb: Verb {
  static let usage = Usage(
    "domain set", "Change a setting of a domain.",
    operands: [.required("NAME"), .required("KEY"), .required("VALUE")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let arguments = Row([
      "domain": .text(call.operand(0) ?? ""), "key": .text(call.operand(1) ?? ""),
      "value": .text(call.operand(2) ?? ""),
    ])
    return try await Act.show(ControlRequest("set", arguments), call)
  }
}

/// `daybook domain delete`.
enum DomainDeleteVerb: Verb {
  static let usage = Usage(
    "domain delete", "Delete a domain that has no users but its administrator.",
    operands: [.required("NAME")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    try await Act.show(
      ControlRequest("domain.delete", Row(["name": .text(call.operand(0) ?? "")])), call)
  }
}

/// `daybook user add`.
enum UserAddVerb: Verb {
  static let usage = Usage(
    "user add", "Add a user.", operands: [.required("ADDRESS")],
    options: [
      .init("--name", "TEXT", "the name shown beside the address"), passwordFile, Usage.json,
    ], detail: "The password is read from standard input or asked for.")

  static func run(_ call: Call) async throws -> ExitCode {
    let secret = try SecretInput.read("password", from: call.invocation, call.terminal)
    var arguments = Row(["address": .text(call.operand(0) ?? "")])
    if let name = call["--name"] { arguments["display"] = .text(name) }
    return try await Act.show(ControlRequest("user.add", arguments, secret: secret), call)
  }
}

/// `daybook user list`.
enum UserListVerb: Verb {
  static let usage = Usage(
    "user list", "List the users of a domain.", operands: [.required("DOMAIN")],
    options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let domain = try data.domain(call.operand(0) ?? "")
    let rows = try data.state.read { view in
      try view.users(in: domain.id).map { user in
        Row([
          "address": .optional(try view.address(of: user)), "name": .text(user.displayName),
          "administrator": .bool(user.isAdministrator),
          "bytes": .number(try view.use(of: user.id).bytes),
          "disabled": .bool(try view.value(Settings.userDisabled, for: .user(user.id))),
          "id": .text(user.id.rawValue.description),
        ])
      }
    }
    call.terminal.show(rows)
    return .success
  }
}

/// `daybook user passwd`.
enum UserPasswordVerb: Verb {
  static let usage = Usage(
    "user passwd", "Set a user's password.", operands: [.required("ADDRESS")],
    options: [passwordFile, Usage.json],
    detail: "The new password is read from standard input or asked for.")

  static func run(_ call: Call) async throws -> ExitCode {
    let secret = try SecretInput.read("password", from: call.invocation, call.terminal)
    let arguments = Row(["address": .text(call.operand(0) ?? "")])
    return try await Act.show(ControlRequest("user.passwd", arguments, secret: secret), call)
  }
}

/// `daybook user delete`.
enum UserDeleteVerb: Verb {
  static let usage = Usage(
    "user delete", "Delete a user; the mailboxes are emptied.", operands: [.required("ADDRESS")],
    options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let arguments = Row(["address": .text(call.operand(0) ?? "")])
    return try await Act.show(ControlRequest("user.delete", arguments), call)
  }
}
