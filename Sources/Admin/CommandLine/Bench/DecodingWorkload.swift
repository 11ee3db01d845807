import Events
import Ledger
import Platform

/// A journal of sign-ins, made once, that is read again and again.
final class RecordCorpus {
  private static let least: UInt64 = 50_000
  private var made: Journal?

  func journal(in scratch: BenchScratch) async throws -> Journal {
    if let made { return made }
    let path = scratch.next()
    let town = try await BenchTown(at: path, users: 100)
    var events: UInt64 = 0
    while events < Self.least {
      events += try await town.signIns(callers: 1_000, for: .milliseconds(100)).events
    }
    await town.close()
    let journal = try Journal(open: path, mode: .reader)
    made = journal
    return journal
  }
}

/// Reading events back: records out of the store, checked and decoded, opened or left sealed.
final class DecodingWorkload: Workload {
  let name: String
  let size = 1
  private let corpus: RecordCorpus
  private let unseals: Bool

  init(_ corpus: RecordCorpus, unseals: Bool) {
    name = unseals ? "unseal" : "decode"
    self.corpus = corpus
    self.unseals = unseals
  }

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let journal = try await corpus.journal(in: scratch)
    let clock = SystemClock()
    let end = clock.sinceBoot() + time.nanoseconds
    let decoder = journal.reader.decoder()
    return try Sample.timing {
      var count: UInt64 = 0
      repeat {
        var position = Position.zero
        while case let page = try journal.reader.page(after: position), !page.isEmpty {
          for index in 0..<page.count {
            if unseals {
              _ = try decoder.decode(page[index])
            } else {
              let record = page[index]
              _ = try RecordView(record.bytes.span).recorded(in: record.bytes)
            }
          }
          count += UInt64(page.count)
          position = page.last
        }
      } while clock.sinceBoot() < end
      return count
    }
  }
}
