import TestKit
import Testing

@testable import IMAP

/// What a run of bytes is.
enum Outcome: Hashable {
  case value, incomplete, malformed, unknown

  init(_ bytes: [UInt8]) {
    var parser = Parser(bytes)
    do {
      _ = try parser.tag()
      try parser.space()
      guard let entry = try parser.verb() else {
        self = .unknown
        return
      }
      _ = try parser.arguments(of: entry)
      self = .value
    } catch .incomplete {
      self = .incomplete
    } catch {
      self = .malformed
    }
  }
}

@Suite struct CommandFixtureTests {
  @Test func `commands are read and what is none is refused`() {
    for text in CommandFixtures.values { check(Outcome(Array(text.utf8)), .value, text) }
    for text in CommandFixtures.malformed { check(Outcome(Array(text.utf8)), .malformed, text) }
  }

  /// Each beginning of a command may become one, and bytes once malformed stay so.
  @Test func `outcomes follow from the bytes that are there`() {
    for text in CommandFixtures.values {
      let bytes = Array(text.utf8)
      for count in 0..<bytes.count {
        check(Outcome(Array(bytes[..<count])), .incomplete, "\(count) octets of \(text)")
      }
    }
    for text in CommandFixtures.malformed + CommandFixtures.long {
      let bytes = Array(text.utf8)
      var hasFailed = false
      for count in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 500)) {
        let outcome = Outcome(Array(bytes[..<count]))
        check(
          outcome == .malformed || (!hasFailed && outcome == .incomplete), "\(count) of \(text)")
        hasFailed = outcome == .malformed
      }
    }
  }

  @Test func `commands that are too deep or too long are refused`() {
    for text in CommandFixtures.long {
      check(Outcome(Array(text.utf8)), .malformed, String(text.prefix(60)))
    }
    for text in CommandFixtures.longest {
      check(Outcome(Array(text.utf8)), .value, String(text.prefix(60)))
    }
  }

  /// A trap ends the process, so to return is to pass.
  @Test func `mutations never trap`() {
    var random = Seeded(8)
    let corpus = (CommandFixtures.values + CommandFixtures.malformed).map { Array($0.utf8) }
    var outcomes: [Outcome: Int] = [:]
    for _ in 0..<100_000 {
      var bytes = corpus.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes = random.mutated(bytes, with: corpus)
      }
      outcomes[Outcome(bytes), default: 0] += 1
    }
    for outcome in [Outcome.value, .incomplete, .malformed, .unknown] {
      check(outcomes[outcome, default: 0] > 100, "\(outcome): \(outcomes)")
    }
  }
}

extension Seeded {
  /// `bytes` with one thing changed: an octet, a piece left out, doubled, or taken from elsewhere.
  mutating func mutated(_ bytes: [UInt8], with corpus: [[UInt8]]) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 0...bytes.count, using: &self)
    let end = min(bytes.count, place + Int.random(in: 0...12, using: &self))
    switch Int.random(in: 0..<6, using: &self) {
    case 0: bytes.replaceSubrange(place..<end, with: octets(length: 1))
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 3:
      let other = corpus.randomElement(using: &self) ?? []
      let start = Int.random(in: 0...other.count, using: &self)
      bytes.replaceSubrange(place..<end, with: other[start...].prefix(20))
    case 4: bytes.insert(contentsOf: octets(length: 6), at: place)
    default: bytes.replaceSubrange(place..<end, with: Array("4294967296".utf8))
    }
    return bytes
  }
}
