import Control
import Events
import Ledger
import Platform
import State

private let passphraseFile = Usage.Option(
  "--password-file", "FILE", "read the passphrase from the first line of FILE")

/// `daybook backup`.
enum BackupVerb: Verb {
  static let usage = Usage(
    "backup", "Copy everything consistently while the server runs.", operands: [.required("DIR")],
    options: [passphraseFile, Usage.json],
    detail: """
      Into a directory that is new or holds an earlier backup, of which only what has changed is
      copied again. The keyring goes apart (keyring.sealed), under a passphrase that is read from
      standard input or asked for; only its newest state is kept, so a backup brings nothing back
      that was erased.
      """)

  static func run(_ call: Call) async throws -> ExitCode {
    let passphrase = try SecretInput.read("passphrase", from: call.invocation, call.terminal)
    try await Act.perform(ControlRequest("checkpoint"), call)
    let journal = try Journal(open: call.directory.path, mode: .reader)
    defer { journal.close() }
    let bar = ProgressBar(call.terminal)
    let report = try Backup(of: journal, to: call.operand(0) ?? "").run(passphrase: passphrase) {
      bar.update("copying", $0, of: $1)
    }
    bar.end()
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
    operands: [.required("DIR"), .required("NEW")], options: [passphraseFile, Usage.json],
    detail: """
      NEW must be absent or empty. The journal is read back whole: it counts only where its root is
      the one that was backed up, every signed checkpoint fits, and the keyring is at least as new.
      The projections are folded at the first start.
      """)

  static func run(_ call: Call) async throws -> ExitCode {
    let passphrase = try SecretInput.read(
      "passphrase", from: call.invocation, call.terminal, isNew: false)
    let target = DataDirectory(call.operand(1) ?? "")
    let restore = Restore(
      from: call.operand(0) ?? "", to: target.path, surroundings: Journal.Surroundings())
    let bodies = HeldBodies(live: target.state, scratch: target.path + "/restore-proof") {
      try Journal(unfinished: target.path)
    }
    defer { bodies.close() }
    let bar = ProgressBar(call.terminal)
    var head: UInt64 = 0
    let report = try restore.run(
      passphrase: passphrase, isHeld: { origin, _ in try bodies.isHeld(origin) },
      progress: { bar.update("copying", $0, of: $1) },
      tell: { line in
        if case .head(let position) = line { head = position.rawValue }
        if case .at(let position) = line { bar.update("proving", position.rawValue, of: head) }
      })
    bar.end()
    call.terminal.show([
      "head": .number(report.manifest.head.rawValue),
      "root": .text(report.manifest.root.description),
      "sound": .bool(report.verification.isSound),
      "bodies": .number(report.verification.contents),
      "made": .text(report.manifest.made.description),
    ])
    return .success
  }
}
