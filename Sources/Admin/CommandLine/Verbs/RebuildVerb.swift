import Control
import Events
import Followers
import Ledger
import Platform
import State

/// `daybook rebuild`: projections anew, from the first event, beside the old ones.
enum RebuildVerb: Verb {
  static let usage = Usage(
    "rebuild", "Fold the projections anew from the journal and put them in place.",
    operands: [.optional("PROJECTION")],
    options: [
      .init(
        "--prepare", nil, "as a new version: fold State beside the old server for the next start"),
      Usage.json,
    ],
    detail: """
      PROJECTION is one of: \(Operations.projections.joined(separator: ", ")); all where none is named.
      The running server folds beside what serves, and nobody is disturbed; where none runs, this
      process takes the writer's lock and does it.
      """)

  static func run(_ call: Call) async throws -> ExitCode {
    let wanted = call.operand(0)
    guard wanted.map(Operations.projections.contains) ?? true else {
      throw Failure(
        code: .refused,
        message: "there is no projection \(wanted ?? ""); there are "
          + Operations.projections.joined(separator: ", "))
    }
    if call.has("--prepare") { return try prepare(call, wanted) }
    let arguments = wanted.map { Row(["projection": .text($0)]) } ?? Row()
    guard let rows = try await Act.ask(ControlRequest("rebuild", arguments), call) else {
      return try here(call, wanted)
    }
    for row in rows { call.terminal.show(row) }
    return .success
  }

  /// Where no server runs.
  private static func here(_ call: Call, _ wanted: String?) throws -> ExitCode {
    let journal = try Journal(open: call.directory.path, mode: .writer)
    defer { journal.close() }
    let bar = ProgressBar(call.terminal)
    for name in Operations.projections where wanted ?? name == name {
      let tell = { (done: Position, total: Position) in
        bar.update("folding \(name)", done.rawValue, of: total.rawValue)
      }
      let (position, digest) =
        name == "state"
        ? try StateRebuild.replace(journal, progress: tell)
        : try FollowerSet.rebuild(name, journal, progress: tell)
      bar.end()
      call.terminal.show([
        "projection": .text(name), "position": .number(position.rawValue),
        "digest": .text(digest.description),
      ])
    }
    return .success
  }

  private static func prepare(_ call: Call, _ wanted: String?) throws -> ExitCode {
    guard wanted == nil || wanted == "state" else {
      throw Invocation.Misuse(
        description: "--prepare is for State; a start does not wait for \(wanted ?? "")")
    }
    let journal = try Journal(open: call.directory.path, mode: .reader)
    defer { journal.close() }
    guard try StatePreparation.isNeeded(call.directory) else {
      call.terminal.show(["projection": "state", "prepared": false, "why": "it has this format"])
      return .success
    }
    if let why = journal.keyringRefusal {
      throw Failure(
        code: .unavailable,
        message: "the keyring cannot be read (\(why)); run it as the server's user or as root")
    }
    let bar = ProgressBar(call.terminal)
    let position = try StatePreparation.run(journal) {
      bar.update("preparing state", $0.rawValue, of: $1.rawValue)
    }
    bar.end()
    call.terminal.show([
      "projection": "state", "prepared": true, "position": .number(position.rawValue),
    ])
    return .success
  }
}
