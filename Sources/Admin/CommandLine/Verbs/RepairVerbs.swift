import Control
import Events
import Ledger
import Platform
import State

/// `daybook rebuild`: State anew, from the first event, beside the old one.
enum RebuildVerb: Verb {
  static let usage = Usage(
    "rebuild", "Fold State anew from the journal and put it in place.", options: [Usage.json],
    detail: "No server may run on the data directory meanwhile.")

  static func run(_ call: Call) async throws -> ExitCode {
    let journal = try Journal(open: call.directory.path, mode: .writer)
    defer { journal.close() }
    let bar = ProgressBar(call.terminal)
    let head = try journal.reader.head
    let fresh = call.directory.state + ".new"
    if Directory.exists(fresh) { try Directory.removeTree(fresh) }
    let state = try StateRebuild.fold(journal, through: head, into: fresh) {
      bar.update("folding", $0.rawValue, of: head.rawValue)
    }
    bar.end()
    let digest = try state.digest()
    try state.finish()
    if Directory.exists(call.directory.state) { try Directory.removeTree(call.directory.state) }
    try Directory.rename(fresh, to: call.directory.state)
    try Directory.sync(call.directory.path)
    call.terminal.show([
      "projection": "state", "position": .number(head.rawValue),
      "digest": .text(digest.description),
    ])
    return .success
  }
}

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

private let passphraseFile = Usage.Option(
  "--password-file", "FILE", "read the passphrase from the first line of FILE")

/// `daybook backup`.
enum BackupVerb: Verb {
  static let usage = Usage(
    "backup", "Copy everything consistently while the server runs.", operands: [.required("DIR")],
    options: [passphraseFile, Usage.json],
    detail: "The keyring is sealed under a passphrase, read from standard input or asked for.")

  static func run(_ call: Call) async throws -> ExitCode {
    let passphrase = try SecretInput.read("passphrase", from: call.invocation, call.terminal)
    try await Act.perform(ControlRequest("checkpoint"), call)
    let journal = try Journal(open: call.directory.path, mode: .reader)
    defer { journal.close() }
    let report = try Backup(of: journal, to: call.operand(0) ?? "").run(passphrase: passphrase)
    call.terminal.show([
      "head": .number(report.manifest.head.rawValue),
      "root": .text(report.manifest.root.description), "copied": .number(UInt64(report.copied)),
      "copied_bytes": .number(report.copiedBytes), "skipped": .number(UInt64(report.skipped)),
    ])
    return .success
  }
}

/// `daybook restore`.
enum RestoreVerb: Verb {
  static let usage = Usage(
    "restore", "Make a data directory out of a backup and prove it.",
    operands: [.required("DIR"), .required("NEW")], options: [passphraseFile, Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let passphrase = try SecretInput.read("passphrase", from: call.invocation, call.terminal)
    let target = DataDirectory(call.operand(1) ?? "")
    let restore = Restore(
      from: call.operand(0) ?? "", to: target.path, surroundings: Journal.Surroundings())
    let bodies = HeldBodies(live: target.state, scratch: target.path + "/restore-proof") {
      try Journal(unfinished: target.path)
    }
    defer { bodies.close() }
    let report = try restore.run(
      passphrase: passphrase,
      isHeld: { origin, _ in
        try bodies.isHeld(origin)
      })
    call.terminal.show([
      "head": .number(report.manifest.head.rawValue),
      "root": .text(report.manifest.root.description),
      "sound": .bool(report.verification.isSound),
    ])
    return .success
  }
}
