import Control
import Platform

/// What one measurement gave. Times are in nanoseconds.
struct Sample {
  /// How many events, or messages.
  var events: UInt64 = 0
  var wall: UInt64 = 0
  /// Processor time of the process, and of the Scribe's thread alone.
  var cpu: UInt64 = 0
  var writer: UInt64?
  var commits: UInt64?
  /// How long each caller waited for its receipt, ascending.
  var waits: [UInt64] = []

  /// Runs `body`, which tells how many events it did, and takes the time.
  static func timing(_ body: () throws -> UInt64) rethrows -> Sample {
    let clock = SystemClock()
    let (wall, cpu) = (clock.sinceBoot(), ProcessorTime.process)
    let events = try body()
    return Sample(
      events: events, wall: clock.sinceBoot() - wall, cpu: ProcessorTime.process - cpu)
  }

  func each(_ time: UInt64) -> UInt64 { events > 0 ? time / events : 0 }

  var rate: UInt64 { wall > 0 ? UInt64(Double(events) * 1e9 / Double(wall)) : 0 }

  /// The wait that `share` of the callers did not exceed.
  func wait(_ share: Double) -> UInt64? {
    waits.isEmpty ? nil : waits[min(waits.count - 1, Int(Double(waits.count) * share))]
  }
}

/// The medians of a work's samples.
struct Figures {
  let row: Row

  init(_ work: any Workload, _ samples: [Sample]) {
    let rates = samples.map(\.rate).sorted()
    row = Row([
      "work": .text(work.name), "size": .number(UInt64(work.size)),
      "per_second": Self.median(rates.map { $0 }), "least": Self.value(rates.first),
      "most": Self.value(rates.last),
      "cpu": Self.median(samples.map { $0.each($0.cpu) }),
      "writer": Self.median(samples.map { sample in sample.writer.map { sample.each($0) } }),
      "events_per_commit": Self.median(
        samples.map { sample in
          sample.commits.map { $0 > 0 ? (sample.events + $0 / 2) / $0 : 0 }
        }),
      "wait_half": Self.median(samples.map { $0.wait(0.5) }),
      "wait_99": Self.median(samples.map { $0.wait(0.99) }),
    ])
  }

  private static func median(_ values: [UInt64?]) -> Row.Value {
    let known = values.compactMap { $0 }.sorted()
    return value(known.isEmpty ? nil : known[known.count / 2])
  }

  private static func value(_ number: UInt64?) -> Row.Value { number.map { .number($0) } ?? .null }
}
