import Events
import Ledger
import Network
import Platform
import State

/// Pages of 50 lines of a spool with so many entries: the first page, oldest first, or what is due.
final class SpoolWorkload: Workload {
  /// What is read.
  enum Reading: String, CaseIterable {
    case page = "spool_page"
    case pageByPriority = "spool_page_priority"
    case due = "spool_due"
  }

  let reading: Reading
  let size: Int
  var isLong: Bool { size > 100_000 }
  var name: String { reading.rawValue }
  private let hall: SpoolHall

  init(_ reading: Reading, in hall: SpoolHall) {
    self.reading = reading
    self.hall = hall
    size = hall.entries
  }

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let town = try await hall.town(in: scratch)
    let clock = town.node.clock
    let end = clock.sinceBoot() + time.nanoseconds
    var waits: [UInt64] = []
    var sample = try Sample.timing {
      repeat {
        let asked = clock.sinceBoot()
        try read(town)
        waits.append(clock.sinceBoot() - asked)
      } while clock.sinceBoot() < end
      return UInt64(waits.count)
    }
    sample.waits = waits.sorted()
    return sample
  }

  private func read(_ town: BenchTown) throws {
    let (reading, now) = (reading, town.node.clock.now())
    let count = try town.node.state.read { view in
      switch reading {
      case .page: try view.spoolPage(SpoolFilter(), limit: 50).count
      case .pageByPriority: try view.spoolPage(SpoolFilter(), by: .priority, limit: 50).count
      case .due: try view.spoolDue(through: now, limit: 50).count
      }
    }
    guard count == 50 else {
      throw Failure(code: .refused, message: "a page holds \(count) lines, not 50")
    }
  }
}

/// A cell with so many entries in its spool, made when it is first asked for.
final class SpoolHall {
  let entries: Int
  private var town: BenchTown?

  init(entries: Int) { self.entries = entries }

  func town(in scratch: BenchScratch) async throws -> BenchTown {
    if let town { return town }
    let town = try await BenchTown(at: scratch.next(), users: 10)
    try await fill(town)
    self.town = town
    return town
  }

  private func fill(_ town: BenchTown) async throws {
    let (each, left) = (entries / 500, entries % 500)
    let node = town.node
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<500 {
        let user = town.users[index % town.users.count]
        group.addTask(executorPreference: town.loops.next()) {
          for number in 0..<(each + (index < left ? 1 : 0)) {
            let address = Array("someone@d\(index * each + number).example".utf8)
            let mail = BenchMail(size: 300, node.entropy)
            _ = try await node.scribe.perform(
              mail.queueing(for: address, user), origin: .server)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
