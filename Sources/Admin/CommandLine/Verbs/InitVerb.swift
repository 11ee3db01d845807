import Control
import Events
import Ledger
import Platform

/// `daybook init`: makes a data directory.
enum InitVerb: Verb {
  static let usage = Usage(
    "init", "Make a data directory with a journal of one event.", options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let journal = try Journal.create(
      at: call.directory.path, application: "daybook \(VersionVerb.version)")
    defer { journal.close() }
    call.terminal.show([
      "data": .text(call.directory.path), "log": .text(journal.log.rawValue.description),
      "verifier": .text(journal.verifier.description),
    ])
    return .success
  }
}
