/// The messages of a mailbox as one session numbers them: ascending UIDs, kept as runs.
///
/// Message number n is the n-th UID. Runs of consecutive UIDs take twelve bytes whatever their
/// length, so that an idle session with a tidy mailbox of any size costs next to nothing.
struct UIDList: Hashable, Sendable {
  private struct Run: Hashable, Sendable {
    var first: UInt32
    var last: UInt32
    /// How many messages stand before the run.
    var before: UInt32

    var count: UInt32 { last - first + 1 }
  }

  private var runs: [Run] = []

  init() {}

  /// A list of sorted ranges that neither overlap nor touch zero.
  init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
    for range in ranges { append(range) }
  }

  var count: UInt32 { runs.last.map { $0.before + $0.count } ?? 0 }
  var isEmpty: Bool { runs.isEmpty }

  /// The largest UID, or 0 where there is none.
  var last: UInt32 { runs.last?.last ?? 0 }

  /// The UIDs as sorted ranges.
  var ranges: [ClosedRange<UInt32>] { runs.map { $0.first...$0.last } }

  /// Adds UIDs behind all others; those that are not behind are left out.
  mutating func append(_ range: ClosedRange<UInt32>) {
    let first = max(range.lowerBound, last == .max ? .max : last + 1)
    guard range.upperBound > last, first <= range.upperBound else { return }
    if let run = runs.last, run.last + 1 == first {
      runs[runs.count - 1].last = range.upperBound
    } else {
      runs.append(Run(first: first, last: range.upperBound, before: count))
    }
  }

  mutating func append(_ uid: UInt32) { append(uid...uid) }

  /// The UID of message `number`, which counts from 1; nil where there is no such message.
  func uid(at number: UInt32) -> UInt32? {
    guard number >= 1, number <= count else { return nil }
    let run = runs[index { $0.before < number }]
    return run.first + (number - run.before - 1)
  }

  /// The number of the message with `uid`; nil where there is none.
  func number(of uid: UInt32) -> UInt32? {
    guard let first = runs.first, uid >= first.first else { return nil }
    let run = runs[index { $0.first <= uid }]
    return uid <= run.last ? run.before + (uid - run.first) + 1 : nil
  }

  func contains(_ uid: UInt32) -> Bool { number(of: uid) != nil }

  /// How many messages have a UID of at most `uid`.
  func count(through uid: UInt32) -> UInt32 {
    guard let first = runs.first, uid >= first.first else { return 0 }
    let run = runs[index { $0.first <= uid }]
    return run.before + min(uid, run.last) - run.first + 1
  }

  /// The UIDs of the messages with the given numbers; numbers that are not in use are left out.
  func uids(atNumbers numbers: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var found: [ClosedRange<UInt32>] = []
    for range in numbers {
      var number = max(range.lowerBound, 1)
      let end = min(range.upperBound, count)
      while number <= end {
        let run = runs[index { $0.before < number }]
        let through = min(end, run.before + run.count)
        found.append(run.first + (number - run.before - 1)...run.first + (through - run.before - 1))
        number = through + 1
      }
    }
    return found
  }

  /// The UIDs of the list that lie in sorted `ranges`.
  func intersection(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var found: [ClosedRange<UInt32>] = []
    for range in ranges {
      guard let first = runs.first, range.upperBound >= first.first else { continue }
      var position = range.lowerBound < first.first ? 0 : index { $0.first <= range.lowerBound }
      while position < runs.count, runs[position].first <= range.upperBound {
        let low = max(range.lowerBound, runs[position].first)
        let high = min(range.upperBound, runs[position].last)
        if low <= high { found.append(low...high) }
        position += 1
      }
    }
    return found
  }

  /// The UIDs of the list that `other` does not hold, as sorted ranges.
  func subtracting(_ other: UIDList) -> [ClosedRange<UInt32>] {
    var rest: [ClosedRange<UInt32>] = []
    for run in runs {
      var next = run.first
      for taken in other.intersection([run.first...run.last]) {
        if taken.lowerBound > next { rest.append(next...taken.lowerBound - 1) }
        guard taken.upperBound < run.last else {
          next = 0
          break
        }
        next = taken.upperBound + 1
      }
      if next > 0 { rest.append(next...run.last) }
    }
    return rest
  }

  /// Takes out the UIDs in sorted `ranges`.
  mutating func remove(_ ranges: [ClosedRange<UInt32>]) {
    let gone = intersection(ranges)
    guard !gone.isEmpty else { return }
    self = UIDList(subtracting(UIDList(gone)))
  }

  /// The last run for which `holds`, which is true for a prefix of the runs that is not empty.
  private func index(_ holds: (Run) -> Bool) -> Int {
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if holds(runs[middle]) { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
