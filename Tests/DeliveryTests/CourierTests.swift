import Network
import Platform
import Synchronization
import TestKit
import Testing

@testable import Delivery

@Suite struct CourierTests {
  @Test func sessionsAreUsedAgainUpToTheirLimits() async throws {
    try await Stage.run { stage in
      let sink = Sink()
      let endpoint = try stage.open(sink.serve)
      var limits = SessionPool.Limits()
      limits.transactions = 3
      let courier = Courier(try stage.means(), limits)
      var reused: [Bool] = []
      for _ in 0..<7 {
        let report = await courier.deliver(letter, words, to: [endpoint], Stage.terms()) { _ in }
        check("\(report.outcomes[0].verdict)", "delivered")
        reused.append(report.visits[0].isReused)
      }
      check(reused, [false, true, true, false, true, true, false])
      check(sink.taken.connections, 3)
      check(sink.taken.messages, Array(repeating: "Subject: x\r\n\r\nhello\r\n", count: 7))
      check(courier.pool.count, 1)
      var other = Stage.terms()
      other.helloName = "else.test"
      _ = await courier.deliver(letter, words, to: [endpoint], other) { _ in }
      check(sink.taken.connections, 4, "other terms, another session")
      courier.pool.close()
      check(courier.pool.count, 0)
    }
  }

  @Test func aSessionThatServersHaveLeftIsReplacedUnnoticed() async throws {
    try await Stage.run { stage in
      // It hangs up behind each message: at once, with 421, or when the next MAIL comes.
      for kind in 0..<3 {
        let said = Mutex(0)
        let sink = Sink { command, connection in
          if command == ".", kind < 2 {
            connection.write(kind == 0 ? "250 taken\r\n" : "250 taken\r\n421 bye\r\n")
            try await connection.flush()
            return "hang up"
          }
          if command.hasPrefix("MAIL"), kind == 2 {
            return said.withLock {
              $0 += 1
              return $0 == 2
            } ? "421 4.4.2 too late" : nil
          }
          return nil
        }
        let endpoint = try stage.open(sink.serve)
        let courier = Courier(try stage.means())
        for index in 0..<2 {
          let report = await courier.deliver(letter, words, to: [endpoint], Stage.terms()) { _ in }
          check("\(report.outcomes[0].verdict)", "delivered", "kind \(kind), message \(index)")
          await stage.turns(20)
        }
        check(sink.taken.connections, 2)
        courier.pool.close()
      }
    }
  }

  @Test func idleSessionsAreLeftInTime() async throws {
    try await Stage.run { stage in
      let sink = Sink()
      let endpoint = try stage.open(sink.serve)
      var limits = SessionPool.Limits()
      limits.idle = .milliseconds(100)
      limits.total = 2
      let courier = Courier(try stage.means(), limits)
      let sent = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<5 {
          group.addTask(executorPreference: stage.loop) {
            await courier.deliver(letter, words, to: [endpoint], Stage.terms()) { _ in }
              .outcomes[0].verdict == .delivered
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      check(sent, 5)
      check(courier.pool.count <= 2, "\(courier.pool.count) sessions are kept")
      while sink.taken.commands.filter({ $0 == "QUIT" }).count < sink.taken.connections {
        await stage.loop.sleep(for: .milliseconds(20))
      }
      check(courier.pool.count, 0)
    }
  }

  @Test func theNextPlaceIsTriedForWhoWasPutOff() async throws {
    try await Stage.run { stage in
      let two = OutboundEnvelope(
        from: letter.sender,
        to: ["b", "c", "d"].map { OutboundRecipient(Array("\($0)@dst.test".utf8)) })
      let picky = Sink { command, _ in
        if command.contains("<b@") { return "550 5.1.1 never" }
        return command.contains("<c@") ? "450 4.2.0 later" : nil
      }
      let willing = Sink()
      let nobody = Endpoint(.ip(.loopbackV4, port: 1))
      let route = [nobody, try stage.open(picky.serve), try stage.open(willing.serve)]
      let courier = Courier(try stage.means())
      let ended = Mutex<[Endpoint]>([])
      let report = await courier.deliver(two, words, to: route, Stage.terms()) { endpoint in
        ended.withLock { $0.append(endpoint) }
      }
      check(report.outcomes.map { "\($0.verdict)" }, ["refused", "delivered", "delivered"])
      check(report.visits.map(\.endpoint), route)
      check("\(report.visits[0].failure?.status.description ?? "")", "4.4.1")
      check(ended.withLock { $0 }, Array(route[1...]), "the hook is called for each place")
      check(willing.taken.commands.filter { $0.hasPrefix("RCPT") }, ["RCPT TO:<c@dst.test>"])
      courier.pool.close()
      let none = await courier.deliver(two, words, to: [], Stage.terms()) { _ in }
      check(
        none.outcomes.map { "\($0.verdict) \($0.status)" },
        Array(repeating: "deferred 4.4.4", count: 3))
    }
  }

  @Test func whoIsInDoubtIsNotTriedElsewhere() async throws {
    try await Stage.run { stage in
      let lost = Sink { command, _ in command == "." ? "hang up" : nil }
      let willing = Sink()
      let route = [try stage.open(lost.serve), try stage.open(willing.serve)]
      let courier = Courier(try stage.means())
      let report = await courier.deliver(letter, words, to: route, Stage.terms()) { _ in }
      check("\(report.outcomes[0].verdict)", "inDoubt")
      check(willing.taken.connections, 0)
      check(lost.taken.messages.count, 1)
    }
  }

  @Test func aThousandRecipientsGoInGroups() async throws {
    try await Stage.run { stage in
      let sink = Sink { command, _ in command.contains("<u7") ? "550 no" : nil }
      let endpoint = try stage.open(sink.serve)
      let many = OutboundEnvelope(
        from: [], to: (0..<1_000).map { OutboundRecipient(Array("u\($0)@dst.test".utf8)) })
      let courier = Courier(try stage.means())
      let report = await courier.deliver(many, words, to: [endpoint], Stage.terms()) { _ in }
      for (index, outcome) in report.outcomes.enumerated() {
        let isRefused = "\(index)".hasPrefix("7")
        check("\(outcome.verdict)", isRefused ? "refused" : "delivered", "recipient \(index)")
      }
      check(sink.taken.messages.count, 1)
      courier.pool.close()
    }
  }
}
