import Platform
import TestKit

@testable import Ledger

/// Changes bytes of a closed journal's file, and takes the changes back.
final class Tampering {
  let path: String
  private let file: Descriptor
  private let bytes: [UInt8]

  init(_ rig: LedgerRig, epoch: UInt64 = 0) throws {
    path = DataDirectory(rig.data).epoch(epoch) + "/data.mdb"
    let file = try Descriptor.open(path, [.read, .write])
    bytes = try file.pread(Int(try file.size()), at: 0)
    self.file = file
  }

  /// Where `wanted` lies in the file: every place, for old versions of a page may lie about.
  func places(of wanted: [UInt8]) -> [Int] {
    guard let first = wanted.first else { return [] }
    var places: [Int] = []
    var index = 0
    while index + wanted.count <= bytes.count {
      if bytes[index] == first, bytes[index..<index + wanted.count].elementsEqual(wanted) {
        places.append(index)
      }
      index += 1
    }
    return places
  }

  /// Runs `body` while the byte at `offset` behind each place is changed by `mask`.
  func flip<R>(_ places: [Int], _ offset: Int, mask: UInt8, _ body: () throws -> R) throws -> R {
    for place in places {
      try file.pwrite([bytes[place + offset] ^ mask], at: UInt64(place + offset))
    }
    let result = try body()
    for place in places {
      try file.pwrite([bytes[place + offset]], at: UInt64(place + offset))
    }
    return result
  }

  /// Overwrites a range for good.
  func overwrite(_ range: Range<Int>, with byte: UInt8) throws {
    try file.pwrite([UInt8](repeating: byte, count: range.count), at: UInt64(range.lowerBound))
  }

  func truncate(to size: Int) throws { try file.truncate(to: UInt64(size)) }

  /// Up to where anything was written; the file itself reaches further.
  var size: Int { (bytes.lastIndex { $0 != 0 } ?? -1) + 1 }
}
