import Control
import Platform

/// `daybook bench`: how fast the journal is on this machine, in this process, on this disk.
///
/// A benchmark and no test: what it prints is compared by people, under docs/benchmarks.md.
enum BenchVerb: Verb {
  static let usage = Usage(
    "bench", "Measure the journal on this machine: medians of several rounds.",
    options: [
      .init("--rounds", "N", "how often each is measured (5)"),
      .init("--milliseconds", "N", "how long each measurement lasts (500)"),
      .init("--only", "LIST", "only these works"),
      .init("--size", "LIST", "only these batches, callers, recipients or entries"),
      Usage.json,
    ],
    detail: """
      Works: \(works)

      It works in a directory of its own inside --data, or else inside $TMPDIR or /var/tmp, and
      removes it. Rates are per second, times in nanoseconds; `cpu` is the whole process, `writer`
      the Scribe's thread. A spool of 1000000 entries is measured where --size asks for it.
      """)

  /// The names of the works, in lines that fit.
  private static var works: String {
    var lines = [""]
    for name in Workloads.names {
      if lines[lines.count - 1].count + name.count > 90 { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + name
    }
    return lines.joined(separator: "\n")
  }

  static func run(_ call: Call) async throws -> ExitCode {
    let rounds = Int(clamping: try call.invocation.number("--rounds") ?? 5)
    let time = try call.invocation.number("--milliseconds") ?? 500
    guard rounds > 0, 1...600_000 ~= time else {
      throw Invocation.Misuse(description: "--rounds and --milliseconds begin at 1")
    }
    let works = try selected(call)
    let bar = ProgressBar(call.terminal)
    let scratch = try BenchScratch(inside: call["--data"])
    defer { scratch.remove(call.terminal) }
    var samples = [[Sample]](repeating: [], count: works.count)
    let total = UInt64(rounds * works.count)
    for round in 0..<rounds {
      // Round by round, so that whatever else the machine does meets every work alike.
      for (index, work) in works.enumerated() {
        bar.update("measuring \(work.name)", UInt64(round * works.count + index), of: total)
        samples[index].append(
          try await work.measure(in: scratch, for: .milliseconds(Int64(time))))
      }
    }
    bar.end()
    call.terminal.show(zip(works, samples).map { Figures($0, $1).row })
    return .success
  }

  private static func selected(_ call: Call) throws -> [any Workload] {
    let names = call.invocation.list("--only")
    let sizes = call.invocation.list("--size")
    let works = Workloads.all().filter { work in
      (names.isEmpty || names.contains(work.name))
        && (sizes.isEmpty ? !work.isLong : sizes.contains(String(work.size)))
    }
    guard !works.isEmpty else {
      throw Invocation.Misuse(
        description: "nothing to measure; the works are \(Workloads.names.joined(separator: ", "))")
    }
    return works
  }
}
