import TestKit
import Testing

/// `DAYBOOK_SEEDS=FIRST-LAST` runs others; `tools/torture sim` runs many.
@Suite struct SimulationTests {
  @Test func everySeedKeepsWhatWasAnswered() async throws {
    var (acts, faults, restarts) = (0, 0, 0)
    for seed in Self.seeds {
      do {
        var simulation = try await Simulation(seed: seed)
        _ = try await simulation.run(batches: 40)
        acts += simulation.acts
        faults += simulation.faults
        restarts += simulation.restarts
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
    print("\(Self.seeds.count) seeds: \(acts) acts, \(faults) faults, \(restarts) restarts")
  }

  @Test func aSeedGivesTheSameJournalAgain() async throws {
    var first = try await Simulation(seed: 4_711)
    var second = try await Simulation(seed: 4_711)
    check(try await first.run(batches: 60), try await second.run(batches: 60))
  }

  private static let seeds: ClosedRange<UInt64> = {
    let words = (environmentVariable("DAYBOOK_SEEDS") ?? "").split(separator: "-").compactMap {
      UInt64($0)
    }
    return words.count == 2 && words[0] <= words[1] ? words[0]...words[1] : 1...40
  }()
}
