import Events
import Platform
import TestKit
import Testing

@testable import State

@Suite struct SpoolListingTests {
  /// What a listing by an order shows, of all entries, read one by one.
  private func expected(
    _ view: borrowing StateView, _ order: SpoolOrder, _ passes: (SpoolEntry) -> Bool
  ) throws -> [Position] {
    var lines: [SpoolLine] = []
    try view.eachSpoolEntry { entry in
      if passes(entry) { lines.append(try view.spoolLine(entry)) }
      return true
    }
    func rank(_ line: SpoolLine) -> Int64 {
      switch order {
      case .time: 0
      case .priority: -Int64(line.entry.priority)
      case .size: -Int64(line.entry.size)
      case .attempts: -Int64(line.entry.attempts)
      case .next: line.next?.microseconds ?? .max
      }
    }
    return lines.sorted { (rank($0), $0.entry.id) < (rank($1), $1.entry.id) }.map(\.entry.id)
  }

  /// Does something to the spool, as the numbers have it.
  private func step(_ town: Town, _ random: inout SeededRandom) throws {
    let bench = town.bench
    let entries = try town.spool()
    bench.now = bench.now.adding(seconds: Int64.random(in: 0..<900, using: &random))
    guard entries.count > 3, Int.random(in: 0..<3, using: &random) > 0 else {
      let names = (0...Int.random(in: 0..<3, using: &random)).map { "r\($0)@x.test" }
      _ = try town.queue(names, size: .random(in: 1...3_000, using: &random))
      return
    }
    let entry = entries[.random(in: 0..<entries.count, using: &random)]
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      try bench.perform(
        ChangeSpool(.prioritise, [entry.id], priority: .random(in: 1...10, using: &random)))
    case 1: try bench.perform(ChangeSpool(.hold, [entry.id]))
    case 2: try bench.perform(ChangeSpool(.release, [entry.id]))
    case 3: try bench.perform(ChangeSpool(.delete, [entry.id]))
    case 4: try bench.perform(ChangeSpool(.reset, [entry.id]))
    default: try attempt(town, entry, &random)
    }
  }

  private func attempt(_ town: Town, _ entry: SpoolEntry, _ random: inout SeededRandom) throws {
    let bench = town.bench
    let waiting = try bench.read { try $0.spoolRecipients(of: entry.id) }.filter { !$0.isFinal }
    guard entry.isLive, let one = waiting.randomElement(using: &random) else { return }
    let attempt = one.attempts + 1
    _ = try bench.perform(
      BeginDelivery(entry: entry.id, recipients: [one.index], attempt: attempt, host: "mx"))
    let next = bench.now.adding(seconds: .random(in: 1...9_000, using: &random))
    let verdicts: [EndDelivery.Result.Verdict] = [
      .sent, .failed(reason: "refused"), .deferred(next: next), .doubtful(next: next),
    ]
    guard let verdict = verdicts.randomElement(using: &random),
      Int.random(in: 0..<9, using: &random) > 0
    else { return }
    try bench.perform(
      EndDelivery(
        entry: entry.id, attempt: attempt,
        results: [.init([one.index], verdict, status: "4.4.1")]))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `every order shows what reading all and sorting shows`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let town = try Town()
    for number in 0..<150 {
      try step(town, &random)
      guard number % 10 == 9 else { continue }
      try town.bench.checkFolds()
      var held = SpoolFilter()
      held.status = .held
      try town.bench.read { view in
        for order in SpoolOrder.allCases {
          let all = try expected(view, order) { _ in true }
          let filtered = try expected(view, order) { $0.isHeld }
          for (offset, limit) in [(0, 1_000), (0, 3), (2, 5), (all.count, 4), (0, 0)] {
            let what = "\(order), \(offset) + \(limit), step \(number)"
            let page = try view.spoolPage(SpoolFilter(), by: order, offset: offset, limit: limit)
            check(page.map(\.entry.id), Array(all.dropFirst(offset).prefix(limit)), what)
            let some = try view.spoolPage(held, by: order, offset: offset, limit: limit)
            check(some.map(\.entry.id), Array(filtered.dropFirst(offset).prefix(limit)), what)
          }
        }
      }
    }
  }
}
