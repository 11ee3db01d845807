import Network
import Platform
import TestKit
import Testing

@testable import Delivery

@Suite struct HostileServerTests {
  /// What comes of a letter to a server that hangs up, says 421, lies or falls silent at each step.
  @Test func everyStepAtWhichAServerFailsHasItsOutcome() async throws {
    let steps = [
      "connect", "EHLO src.test", "MAIL FROM:<a@src.test>", "RCPT TO:<b@dst.test>", "DATA", ".",
    ]
    let table: [(answer: String, before: String, behindDot: String)] = [
      ("hang up", "deferred 4.4.2", "inDoubt 4.4.2"),
      ("421 4.3.2 bye", "deferred 4.3.2", "deferred 4.3.2"),
      ("451 4.3.0 later", "deferred 4.3.0", "deferred 4.3.0"),
      ("garbage", "deferred 4.5.0", "inDoubt 4.5.0"),
      ("250-a\r\n251 b", "deferred 4.5.0", "inDoubt 4.5.0"),
      ("2", "deferred 4.5.0", "inDoubt 4.5.0"),
      ("250 a\0b", "deferred 4.5.0", "inDoubt 4.5.0"),
      ("250 a\rb", "deferred 4.5.0", "inDoubt 4.5.0"),
      ("", "deferred 4.4.2", "inDoubt 4.4.2"),
      (String(repeating: "250-x\r\n", count: 500), "deferred 4.5.0", "inDoubt 4.5.0"),
    ]
    try await Stage.run { stage in
      for features in [["PIPELINING"], []] {
        for (answer, before, behindDot) in table {
          for step in steps {
            let sink = Sink(features) { command, _ in command == step ? answer : nil }
            var terms = Stage.terms()
            if answer.isEmpty { terms.times = OutboundTimes(all: .milliseconds(150)) }
            let courier = Courier(try stage.means())
            let endpoint = try stage.open(sink.serve)
            let report = await courier.deliver(letter, words, to: [endpoint], terms) { _ in }
            courier.pool.close()
            let outcome = report.outcomes[0]
            // Where an answer is left out of a group, the next one stands in its place.
            let isShifted =
              answer.isEmpty && !features.isEmpty && ["MAIL", "RCPT"].contains(step.prefix(4))
            let expected = step == "." ? behindDot : isShifted ? "deferred 4.5.0" : before
            check(
              "\(outcome.verdict) \(outcome.status)", expected,
              "\(answer.prefix(20)) to \(step), \(features)")
            check(
              sink.taken.messages.filter { !$0.isEmpty }.count, step == "." ? 1 : 0,
              "\(answer.prefix(20)) to \(step)")
            _ = await stage.listeners.close(endpoint.address, grace: .zero)
          }
        }
      }
    }
  }

  @Test func aServerThatRefusesInTheMiddleOfAMessageIsHeard() async throws {
    try await Stage.run { stage in
      let endpoint = try stage.open { connection in
        connection.write("220 mx.test\r\n")
        for answer in ["250 mx.test", "250 fine", "250 fine", "354 go"] {
          _ = try await connection.readLine(limit: 2_048, within: .seconds(20))
          connection.write("\(answer)\r\n")
        }
        _ = try await connection.readExactly(100_000, within: .seconds(20))
        connection.write("552 5.3.4 enough\r\n")
        try await connection.flush()
        while try await connection.read(upTo: 65_536, within: .seconds(20)) != nil {}
      }
      let courier = Courier(try stage.means())
      let block = [UInt8](repeating: 0x61, count: 60_000) + [13, 10]
      let body = EndlessBody(block: block, left: 4_000)
      let report = await courier.deliver(letter, body, to: [endpoint], Stage.terms()) { _ in
        Issue.record("the message was ended")
      }
      check(
        "\(report.outcomes[0])",
        "\(RecipientOutcome(.refused, code: 552, status: EnhancedStatus(5, 3, 4), text: "enough"))")
    }
  }

  @Test func aServerThatTakesNothingIsLeftWithBoundedMemory() async throws {
    try await Stage.run { stage in
      let endpoint = try stage.open { connection in
        connection.write("220 mx.test\r\n")
        for answer in ["250 mx.test", "250 fine", "250 fine", "354 go"] {
          _ = try await connection.readLine(limit: 2_048, within: .seconds(20))
          connection.write("\(answer)\r\n")
        }
        try await connection.flush()
        await stage.loop.sleep(for: .seconds(3))
      }
      var terms = Stage.terms()
      terms.times.block = .milliseconds(300)
      let courier = Courier(try stage.means())
      let body = EndlessBody(
        block: [UInt8](repeating: 0x61, count: 65_534) + [13, 10], left: 1 << 20)
      let report = await courier.deliver(letter, body, to: [endpoint], terms) { _ in }
      check("\(report.outcomes[0].verdict) \(report.outcomes[0].status)", "deferred 4.4.2")
    }
  }

  @Test func aCancelledDeliveryEndsAtOnceAndTellsWhatIsTrue() async throws {
    try await Stage.run { stage in
      for (step, expected) in [("RCPT TO:<b@dst.test>", "deferred"), (".", "inDoubt")] {
        let sink = Sink([]) { command, _ in command == step ? "" : nil }
        let endpoint = try stage.open(sink.serve)
        let courier = Courier(try stage.means())
        let task = Task(executorPreference: stage.loop) {
          await courier.deliver(letter, words, to: [endpoint], Stage.terms()) { _ in }
        }
        while step == "." ? sink.taken.messages.isEmpty : sink.taken.commands.last != step {
          await stage.turns(1)
        }
        task.cancel()
        check("\(await task.value.outcomes[0].verdict)", expected)
      }
    }
  }
}

/// A body that is made as it is read.
struct EndlessBody: OutboundBody {
  let block: [UInt8]
  var left: Int

  mutating func next() async throws -> [UInt8]? {
    guard left > 0 else { return nil }
    left -= 1
    return block
  }
}
