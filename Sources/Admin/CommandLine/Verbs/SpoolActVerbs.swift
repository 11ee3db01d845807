import Control
import State

/// A verb that does something to entries of the spool.
protocol SpoolActVerb: Verb {
  static var action: SpoolAction { get }
  static var help: String { get }
}

extension SpoolActVerb {
  static var usage: Usage {
    Usage(
      "spool \(action.verb)", help, operands: operands,
      options: [
        .init("--all", nil, "all entries, or those that the other options choose"),
        .init("--domain", "DOMAIN", "with --all: only what this domain answers for"),
        .init("--sender", "TEXT", "with --all: only senders that hold it"),
        .init("--recipient", "TEXT", "with --all: only with a recipient that holds it"),
        Usage.json,
      ])
  }

  private static var operands: [Usage.Operand] {
    let entries = Usage.Operand.optional("ID", repeats: true)
    return action == .prioritise ? [.required("PRIORITY"), entries] : [entries]
  }

  static func run(_ call: Call) async throws -> ExitCode {
    let ids = call.invocation.operands.dropFirst(action == .prioritise ? 1 : 0)
    guard call.has("--all") != !ids.isEmpty else {
      throw Invocation.Misuse(description: "name entries, or all of them with --all")
    }
    var arguments = Row(["action": .text(action.rawValue), "all": .bool(call.has("--all"))])
    arguments["entries"] = .list(ids.map { .text($0) })
    for option in ["domain", "sender", "recipient"] {
      if let value = call["--\(option)"] { arguments[option] = .text(value) }
    }
    if action == .prioritise { arguments["priority"] = .text(call.operand(0) ?? "") }
    return try await Act.show(ControlRequest("spool.change", arguments), call)
  }
}

extension SpoolAction {
  /// As it is called on the command line.
  fileprivate var verb: String { self == .prioritise ? "priority" : rawValue }
}

/// `daybook spool force`.
enum SpoolForceVerb: SpoolActVerb {
  static let action = SpoolAction.force
  static let help = "Attempt entries next, whatever their schedule."
}

/// `daybook spool reset`.
enum SpoolResetVerb: SpoolActVerb {
  static let action = SpoolAction.reset
  static let help = "Begin the schedule of attempts again."
}

/// `daybook spool hold`.
enum SpoolHoldVerb: SpoolActVerb {
  static let action = SpoolAction.hold
  static let help = "Attempt entries no more until they are released."
}

/// `daybook spool release`.
enum SpoolReleaseVerb: SpoolActVerb {
  static let action = SpoolAction.release
  static let help = "Attempt held entries again."
}

/// `daybook spool delete`.
enum SpoolDeleteVerb: SpoolActVerb {
  static let action = SpoolAction.delete
  static let help = "Take entries out; no report is sent. They can be restored for ten minutes."
}

/// `daybook spool restore`.
enum SpoolRestoreVerb: SpoolActVerb {
  static let action = SpoolAction.restore
  static let help = "Bring back entries that were deleted less than ten minutes ago."
}

/// `daybook spool confirm`.
enum SpoolConfirmVerb: SpoolActVerb {
  static let action = SpoolAction.confirm
  static let help = "Of recipients in doubt: they have the message, do not send it again."
}

/// `daybook spool priority`.
enum SpoolPriorityVerb: SpoolActVerb {
  static let action = SpoolAction.prioritise
  static let help = "Give entries a priority by hand, 1 to 10, 10 first."
}
