import Platform

/// One thing that `daybook bench` measures, as often as it is asked.
protocol Workload: AnyObject {
  /// What the figures are printed under.
  var name: String { get }
  /// How many at once: events of a batch, callers, or recipients; 1 where it means nothing.
  var size: Int { get }
  /// Whether it is done only where it is asked for by name and size.
  var isLong: Bool { get }

  /// Does the work for about `time` in a directory of its own, and tells how it went.
  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample
}

extension Workload {
  var isLong: Bool { false }
}

/// Everything that can be measured.
enum Workloads {
  static func all() -> [any Workload] {
    let batches = [1, 8, 64, 512]
    let signIns = RecordCorpus()
    return batches.map { StoreWorkload(batch: $0) }
      + batches.map { ScribeWorkload(batch: $0) }
      + [1, 10, 50, 500].map { CallersWorkload(callers: $0) }
      + [DecodingWorkload(signIns, unseals: false), DecodingWorkload(signIns, unseals: true)]
      + [RebuildWorkload()]
      + [1, 10].map { MailWorkload(recipients: $0) }
      + [1_000, 1_000_000].flatMap { entries in
        let hall = SpoolHall(entries: entries)
        return SpoolWorkload.Reading.allCases.map { SpoolWorkload($0, in: hall) }
      }
  }

  /// Each name once.
  static var names: [String] {
    all().map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
