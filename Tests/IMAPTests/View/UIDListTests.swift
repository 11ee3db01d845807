import TestKit
import Testing

@testable import IMAP

@Suite struct UIDListTests {
  @Test func `messages are numbered by ascending UID`() {
    let list = UIDList([2...4, 7...7, 10...12])
    check(list.count, 7)
    check((0...8).map { list.uid(at: $0) }, [nil, 2, 3, 4, 7, 10, 11, 12, nil])
    check(list.number(of: 7), 4)
    check(list.number(of: 5), nil)
    check(list.number(of: 1), nil)
    check(list.count(through: 8), 4)
    check(list.uids(atNumbers: [2...5]), [3...4, 7...7, 10...10])
    check(list.intersection([3...10]), [3...4, 7...7, 10...10])
    check(UIDList([.max - 1 ... .max]).count, 2)
  }

  /// Every operation agrees with the same on a plain array.
  @Test func `a list behaves as the array of its UIDs`() {
    var random = Seeded(4)
    for round in 0..<300 {
      var list = UIDList()
      var model: [UInt32] = []
      for _ in 0..<40 { step(&list, &model, &random, round) }
    }
  }

  private func step(
    _ list: inout UIDList, _ model: inout [UInt32], _ random: inout Seeded, _ round: Int
  ) {
    let low = UInt32.random(in: 1...60, using: &random)
    let high = low + UInt32.random(in: 0...9, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let first = (model.last ?? 0) + UInt32.random(in: 1...3, using: &random)
      let last = first + UInt32.random(in: 0...3, using: &random)
      list.append(first...last)
      model.append(contentsOf: first...last)
    case 1:
      list.remove([low...high])
      model.removeAll { (low...high).contains($0) }
    default:
      var other = UIDList()
      other.append(low...high)
      check(
        list.subtracting(other).flatMap { Array($0) }, model.filter { !(low...high).contains($0) },
        "subtracting, round \(round)")
    }
    check(list.ranges.flatMap { Array($0) }, model, "round \(round)")
    check(list.count, UInt32(model.count), "round \(round)")
    check(
      list.intersection([low...high]).flatMap { Array($0) },
      model.filter { (low...high).contains($0) }, "round \(round)")
    check(list.count(through: high), UInt32(model.count { $0 <= high }), "round \(round)")
    check(
      list.number(of: low), model.firstIndex(of: low).map { UInt32($0 + 1) }, "round \(round)")
    let number = Int(low)
    check(
      list.uid(at: low), number <= model.count ? model[number - 1] : nil, "round \(round)")
    check(
      list.uids(atNumbers: [low...high]).flatMap { Array($0) },
      Array(model.dropFirst(number - 1).prefix(Int(high - low) + 1)), "round \(round)")
  }
}
