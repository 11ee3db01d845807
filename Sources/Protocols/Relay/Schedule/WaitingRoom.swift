/// Jobs with an open session that wait for a worker's place, by source domain: the first of all whose
/// domain has room is found without looking at the others.
struct WaitingRoom: Sendable {
  /// Jobs of one domain, in both orders.
  private struct Bench: Sendable {
    var byRank = RankedHeap<SpoolRank>()
    var byAge = RankedHeap<SpoolRank>()
  }

  /// By the domain's number.
  private var benches: [Int: Bench] = [:]
  /// Domains with room, by their first jobs.
  private var byRank = RankedHeap<SpoolRank>()
  private var byAge = RankedHeap<SpoolRank>()
  private(set) var count = 0

  /// - Parameter domain: number of the job's source domain.
  mutating func enter(_ job: SpoolJob, of domain: Int, hasRoom: Bool, _ steps: inout Int) {
    benches[domain, default: Bench()].byRank.set(job.id, job.rank, &steps)
    benches[domain]?.byAge.set(job.id, job.rank.byAge, &steps)
    count += 1
    refresh(domain, hasRoom: hasRoom, &steps)
  }

  mutating func leave(_ job: SpoolJob, of domain: Int, hasRoom: Bool, _ steps: inout Int) {
    benches[domain]?.byRank.remove(job.id, &steps)
    benches[domain]?.byAge.remove(job.id, &steps)
    count -= 1
    refresh(domain, hasRoom: hasRoom, &steps)
  }

  /// The job that is granted a place next; nil where no domain has room.
  func first(isOldest: Bool) -> Int? {
    let domain = isOldest ? byAge.first : byRank.first
    return domain.flatMap { isOldest ? benches[$0]?.byAge.first : benches[$0]?.byRank.first }
  }

  /// Takes over whether a domain has room.
  mutating func refresh(_ domain: Int, hasRoom: Bool, _ steps: inout Int) {
    guard let bench = benches[domain] else { return }
    guard let rank = bench.byRank.firstRank, let age = bench.byAge.firstRank, hasRoom else {
      byRank.remove(domain, &steps)
      byAge.remove(domain, &steps)
      if bench.byRank.isEmpty { benches[domain] = nil }
      return
    }
    byRank.set(domain, rank, &steps)
    byAge.set(domain, age, &steps)
  }
}
