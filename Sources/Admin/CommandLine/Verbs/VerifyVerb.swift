import Control
import Events
import Glibc
import Ledger
import Platform
import State

/// `daybook verify`: whether everything stored is what was written and signed.
enum VerifyVerb: Verb {
  static let usage = Usage(
    "verify", "Prove the journal, or compare the projections with a rebuild.",
    options: [
      .init("--projections", nil, "rebuild each beside the live one and compare digests"),
      .init("--child", nil, "verify in this process and write lines (used by verify itself)"),
      Usage.json,
    ], detail: "Exit code 4 where damage was found; the first bad position is named.")

  static func run(_ call: Call) async throws -> ExitCode {
    if call.has("--child") {
      let pipe = Descriptor(owning: dup(STDOUT_FILENO), path: "standard output")
      let (data, state) = (call.directory.path, call.directory.state)
      let bodies = HeldBodies(live: state, scratch: "\(data)/verify-\(getpid())") {
        try Journal(open: data, mode: .reader)
      }
      defer { bodies.close() }
      var options = Verifier.Options()
      options.isHeld = { origin, _ in try bodies.isHeld(origin) }
      let code = VerificationChild.run(data: data, options: options, to: pipe)
      return code == 0 ? .success : .damaged
    }
    return call.has("--projections") ? try projections(call) : try journal(call)
  }

  private static func journal(_ call: Call) throws -> ExitCode {
    guard Directory.exists(call.directory.journal) else {
      throw LedgerError.absent(path: call.directory.path)
    }
    let bar = ProgressBar(call.terminal)
    var head: UInt64 = 0
    let report = try ChildProcess.verify(call.directory) { line in
      if case .head(let position) = line { head = position.rawValue }
      if case .at(let position) = line { bar.update("verifying", position.rawValue, of: head) }
    }
    bar.end()
    for finding in report.findings {
      let place = finding.position.map { "position \($0): " } ?? ""
      call.terminal.warn("daybook: \(place)\(finding.what)")
    }
    call.terminal.show([
      "sound": .bool(report.isSound), "checked": .number(report.checked.rawValue),
      "bodies": .number(report.contents), "findings": .number(UInt64(report.findingCount)),
      "first_bad": report.firstBad?.position.map { .number($0.rawValue) } ?? .null,
      "root": .optional(report.root?.description),
    ])
    return report.isSound ? .success : .damaged
  }
}

/// Runs the verifier in a process of its own, so that damage that kills it is reported too.
enum ChildProcess {
  static func verify(
    _ directory: DataDirectory, hear: (VerificationLine) -> Void
  ) throws -> VerificationReport {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else {
      throw Failure(code: .unavailable, message: "no pipe can be made")
    }
    let child = try spawn(["verify", "--child", "--data", directory.path], output: ends[1])
    close(ends[1])
    let bytes = read(ends[0], hear)
    close(ends[0])
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return VerificationChild.report(from: bytes, signal: signal == 0 ? nil : signal)
  }

  private static func spawn(_ words: [String], output: Int32) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    let all = ["/proc/self/exe"] + words
    let pointers: [UnsafeMutablePointer<CChar>?] = unsafe all.map { unsafe strdup($0) } + [nil]
    defer {
      for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, "/proc/self/exe", &actions, nil, pointers, environ)
    guard code == 0 else {
      throw Failure(
        code: .unavailable, message: "the verifying process cannot be started (\(code))")
    }
    return child
  }

  private static func read(_ descriptor: Int32, _ hear: (VerificationLine) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    var line = 0
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = unsafe Glibc.read(descriptor, &chunk, chunk.count), count > 0 {
      bytes += chunk[..<count]
      while let end = bytes[line...].firstIndex(of: 10) {
        if let one = VerificationLine(String(decoding: bytes[line..<end], as: UTF8.self)) {
          hear(one)
        }
        line = end + 1
      }
    }
    return bytes
  }
}
