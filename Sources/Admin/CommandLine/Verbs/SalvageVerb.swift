import Control
import Events
import Ledger

/// `daybook salvage`.
enum SalvageVerb: Verb {
  static let usage = Usage(
    "salvage", "Save every record up to the damage into a new data directory.",
    operands: [.required("NEW")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let bar = ProgressBar(call.terminal)
    let salvage = Salvage(
      from: call.directory.path, to: call.operand(0) ?? "", surroundings: Journal.Surroundings())
    let report = try salvage.run { bar.update("saving", $0.rawValue, of: 0) }
    bar.end()
    for remark in report.remarks { call.terminal.warn("daybook: \(remark)") }
    call.terminal.show([
      "saved": .number(report.saved.rawValue),
      "first_lost": report.firstLost.map { .number($0.rawValue) } ?? .null,
      "greatest_seen": .number(report.greatestSeen.rawValue),
      "checkpoints_kept": .number(UInt64(report.checkpointsKept)),
      "checkpoints_lost": .number(UInt64(report.checkpointsLost)),
    ])
    return .success
  }
}
