import Platform

/// One thing that `daybook bench` measures, as often as it is asked.
protocol Workload: AnyObject {
  /// What the figures are printed under.
  var name: String { get }
  /// How many at once: events of a batch, callers, or recipients; 1 where it means nothing.
  var size: Int { get }

  /// Does the work for about `time` in a directory of its own, and tells how it went.
  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample
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
  }

  /// Each name once.
  static var names: [String] {
    all().map(\.name).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
