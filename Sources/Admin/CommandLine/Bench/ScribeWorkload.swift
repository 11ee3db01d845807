/// The Scribe's whole path: callers ask for a decision that makes one event of about 300 octets and
/// changes one row; group commit makes the batches.
class CallersWorkload: Workload {
  let name: String
  let size: Int
  private let callers: Int
  private let batch: Int

  init(callers: Int) {
    name = "callers"
    size = callers
    self.callers = callers
    batch = 1_000
  }

  fileprivate init(batch: Int, callers: Int) {
    name = "scribe"
    size = batch
    self.callers = callers
    self.batch = batch
  }

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let path = scratch.next()
    defer { scratch.drop(path) }
    let town = try await BenchTown(at: path, users: 100, batch: batch)
    do {
      let sample = try await town.signIns(callers: callers, for: time)
      await town.close()
      return sample
    } catch {
      await town.close()
      throw error
    }
  }
}

/// The Scribe's path at batches of a given size, which is the cap: of twice as many callers one half
/// asks while the requests of the other half are made durable.
final class ScribeWorkload: CallersWorkload {
  init(batch: Int) {
    super.init(batch: batch, callers: batch == 1 ? 1 : 2 * batch)
  }
}
