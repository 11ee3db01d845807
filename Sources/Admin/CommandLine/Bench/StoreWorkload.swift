import Platform
import Store

/// What a batch of the journal costs in the store alone: the same tables, keys, bytes and sync, and
/// nothing made of them. `tools/benchmarks/journal_peer.c` does the same with LMDB
/// alone.
final class StoreWorkload: Workload {
  let name = "store"
  let size: Int
  private let tile = [UInt8](repeating: 0x71, count: 8_192)
  private let tip = [UInt8](repeating: 0x3F, count: 200)

  init(batch: Int) { size = batch }

  func measure(in scratch: BenchScratch, for time: Duration) async throws -> Sample {
    let path = scratch.next()
    defer { scratch.drop(path) }
    let environment = try Environment(path: path, tables: ["event", "tile", "meta"])
    defer { environment.close() }
    let (events, tiles) = (environment.table("event"), environment.table("tile"))
    let record = [UInt8](repeating: 0xDB, count: 300)
    let bytes = unsafe record.span.bytes
    let meta = environment.table("meta")
    let clock = SystemClock()
    let end = clock.sinceBoot() + time.nanoseconds
    return try Sample.timing {
      var position: UInt64 = 0
      repeat {
        try environment.write { transaction in
          for _ in 0..<size {
            position += 1
            try transaction.append(events, position, bytes)
            if position.isMultiple(of: 256) {
              try transaction.put(tiles, tileKey(position / 256 - 1), tile)
            }
          }
          try transaction.put(meta, Array("tip".utf8), tip)
        }
      } while clock.sinceBoot() < end
      return position
    }
  }

  /// Level 0, then the index in eight bytes.
  private func tileKey(_ index: UInt64) -> [UInt8] {
    [0] + (0..<8).map { UInt8(truncatingIfNeeded: index >> (56 - 8 * $0)) }
  }
}

extension Duration {
  /// Whole nanoseconds.
  var nanoseconds: UInt64 {
    UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
  }
}

extension BenchScratch {
  /// Removes what a measurement wrote, as soon as it is over. Left to `remove` where it cannot.
  func drop(_ path: String) { _ = Result { try Directory.removeTree(path) } }
}
