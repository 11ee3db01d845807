import Platform
import Synchronization
import TestKit
import Testing

@testable import Network

/// Tells the first caller from the later ones.
private final class Gate: Sendable {
  private let state = Atomic<Bool>(false)
  var isPassed: Bool { state.load(ordering: .acquiring) }
  func wasPassed() -> Bool { state.exchange(true, ordering: .relaxed) }
  func pass() { state.store(true, ordering: .releasing) }
}

@Suite struct ResolverTests {
  static let address: [UInt8] = [192, 0, 2, 1]

  /// Runs `body` with a resolver that asks a server with this script.
  ///
  /// The loop's clock stands still, so that no question times out however slow the machine is:
  /// what is to time out says so with `pass`.
  static func run(
    patience: [Duration] = [.milliseconds(300), .milliseconds(600)], outstanding: Int = 10_000,
    courtesy: Duration = .seconds(1), clock: ManualClock = ManualClock(),
    _ script: @escaping ResolverStub.Script,
    _ body: @escaping @Sendable (Resolver, ResolverStub, Stage) async throws -> Void
  ) async throws {
    try await Stage.run(clock: clock) { stage in
      let stub = try ResolverStub(stage, script)
      var settings = ResolverSettings(servers: [stub.address])
      settings.patience = patience
      settings.outstanding = outstanding
      settings.courtesy = courtesy
      let resolver = Resolver(settings, on: stage.loop)
      defer {
        resolver.stop()
        stub.stop()
      }
      try await body(resolver, stub, stage)
      check(resolver.outstanding, 0, "all questions have ended")
    }
  }

  static func ask(
    _ resolver: Resolver, _ name: String, _ type: DNSType = .address
  ) async -> Result<DNSAnswer, DNSFailure> {
    do throws(DNSFailure) {
      return .success(try await resolver.answer(to: DNSQuestion(DNSName(name)!, type)))
    } catch {
      return .failure(error)
    }
  }

  /// Waits until `servers` have heard so many queries, then lets the time pass in which they are
  /// answered, and a slot of the loop's timers more.
  static func pass(
    _ time: Duration, _ clock: ManualClock, _ stage: Stage, after asked: Int,
    _ servers: ResolverStub...
  ) async {
    while servers.reduce(0, { $0 + $1.asked }) < asked { await stage.turns(1) }
    await stage.turns()
    clock.advance(by: time)
    await stage.turns()
  }

  static func addressed(_ query: [UInt8], ttl: UInt32 = 300) -> [UInt8] {
    var packet = ResolverPacket(to: query)
    packet.add(1, address, ttl: ttl)
    return packet.bytes
  }

  @Test func equalQuestionsAreAskedOnceAndAnswersRemembered() async throws {
    let script: ResolverStub.Script = { query, _ in [.say(Self.addressed(query))] }
    try await Self.run(script) { resolver, stub, _ in
      let answers = await withTaskGroup(of: [IPAddress].self) { group in
        for index in 0..<50 {
          group.addTask {
            let name = index % 2 == 0 ? "one.test" : "ONE.test."
            return (try? await Self.ask(resolver, name).get().addresses) ?? []
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      check(answers.allSatisfy { $0 == [IPAddress("192.0.2.1")!] }, "\(answers)")
      check(stub.asked, 1)
      _ = await Self.ask(resolver, "one.test")
      check(stub.asked, 1, "from memory")
      _ = await Self.ask(resolver, "one.test", .exchange)
      check(stub.asked > 1, "another type is another question")
    }
  }

  @Test func whatDoesNotFitIsPassedOverUntilTheAnswerComes() async throws {
    let script: ResolverStub.Script = { query, _ in
      var wrongID = Self.addressed(query)
      wrongID[1] ^= 1
      var wrongName = Self.addressed(query)
      wrongName[14] = UInt8(ascii: "X")
      var forged = Self.addressed(query)
      forged[forged.count - 1] = 66
      return [
        .say(wrongID), .say(wrongName), .say([1, 2, 3]), .sayFromElsewhere(forged),
        .say(Self.addressed(query)),
      ]
    }
    try await Self.run(script) { resolver, _, _ in
      let answer = try await Self.ask(resolver, "one.test").get()
      check(answer.addresses, [IPAddress("192.0.2.1")!])
    }
  }

  @Test func aFloodOfWrongAnswersTurnsToTCP() async throws {
    let script: ResolverStub.Script = { query, byStream in
      if byStream { return [.say(Self.addressed(query))] }
      var wrong = Self.addressed(query)
      return (0..<20).map { index in
        wrong[1] ^= UInt8(index + 1)
        return .say(wrong)
      }
    }
    try await Self.run(script) { resolver, _, _ in
      check(try await Self.ask(resolver, "one.test").get().addresses.count, 1)
    }
  }

  @Test func truncatedAnswersAreAskedForByTCPUpTo64KiB() async throws {
    let script: ResolverStub.Script = { query, byStream in
      guard byStream else { return [.say(ResolverPacket(to: query, flags: 2).bytes)] }
      var packet = ResolverPacket(to: query)
      while packet.bytes.count < 65_500 { packet.add(16, [20] + [UInt8](repeating: 97, count: 20)) }
      return [.say(packet.bytes)]
    }
    try await Self.run(script) { resolver, stub, _ in
      let answer = try await Self.ask(resolver, "big.test", .text).get()
      check(answer.records.count > 1_900, "\(answer.records.count) records")
      _ = await Self.ask(resolver, "big.test", .text)
      check(stub.asked, 2, "an answer so large is not kept")
    }
  }

  @Test func absencesAreRememberedForTheirTime() async throws {
    let clock = ManualClock()
    var cache = DNSCache(limit: 100)
    let question = DNSQuestion(DNSName("no.test")!, .exchange)
    cache.keep(.failure(.noData), for: question, seconds: 60, now: clock.sinceBoot())
    clock.advance(by: .seconds(59))
    check(cache.find(question, now: clock.sinceBoot()), .failure(.noData))
    clock.advance(by: .seconds(2))
    check(cache.find(question, now: clock.sinceBoot()), nil)
    cache.keep(.failure(.noData), for: question, seconds: .max, now: 0)
    check(cache.find(question, now: 10_799_000_000_000), .failure(.noData))
    check(cache.find(question, now: 10_801_000_000_000), nil)
    for index in 0..<10_000 {
      let other = DNSQuestion(DNSName("n\(index).test")!, .address)
      cache.keep(.failure(.noData), for: other, seconds: 60, now: 0)
      _ = cache.find(question, now: 0)
    }
    check(cache.count <= 100, "\(cache.count) kept")
    check(cache.find(question, now: 0), .failure(.noData), "what is asked for often stays")

    let script: ResolverStub.Script = { query, _ in
      var packet = ResolverPacket(to: query, code: 3)
      packet.add(authority: 60)
      return [.say(packet.bytes)]
    }
    try await Self.run(script) { resolver, stub, _ in
      check(await Self.ask(resolver, "no.test"), .failure(.nameNotFound))
      check(await Self.ask(resolver, "no.test"), .failure(.nameNotFound))
      check(stub.asked, 1)
    }
  }

  @Test func aliasesWithoutTheirDataAreFollowedToAnEnd() async throws {
    let script: ResolverStub.Script = { query, _ in
      let (name, _) = ResolverPacket.asked(query)
      var packet = ResolverPacket(to: query)
      if name == "end.test" { return [.say(Self.addressed(query))] }
      let next =
        name == "a.test" ? "b.test" : name == "b.test" ? "end.test" : "\(name.count).\(name)"
      packet.add(5, ResolverPacket.labels(next), ttl: 20)
      return [.say(packet.bytes)]
    }
    try await Self.run(script) { resolver, stub, _ in
      let answer = try await Self.ask(resolver, "a.test").get()
      check(answer.name.description, "end.test")
      check(answer.timeToLive, 20)
      check(stub.asked, 3)
      check(await Self.ask(resolver, "endless.test"), .failure(.aliasLoop))
      check(stub.asked < 20, "\(stub.asked) questions")
    }
  }

  @Test func deadServersAreTemporaryAndAskedOnlySoOften() async throws {
    let clock = ManualClock()
    let script: ResolverStub.Script = { query, _ in
      ResolverPacket.asked(query).name == "ill.test"
        ? [.say(ResolverPacket(to: query, code: 2).bytes)] : []
    }
    try await Self.run(clock: clock, script) { resolver, stub, stage in
      let dead = Task { await Self.ask(resolver, "dead.test") }
      await Self.pass(.milliseconds(350), clock, stage, after: 1, stub)
      await Self.pass(.milliseconds(650), clock, stage, after: 2, stub)
      check(await dead.value, .failure(.timedOut))
      check(await Self.ask(resolver, "dead.test"), .failure(.timedOut))
      check(stub.asked, 2, "not asked again at once")
      check(await Self.ask(resolver, "ill.test"), .failure(.serverFailure(code: 2)))
    }
  }

  @Test func aServerWithoutEDNSIsAskedWithout() async throws {
    let script: ResolverStub.Script = { query, _ in
      query[11] == 1
        ? [.say(ResolverPacket(to: query, code: 1).bytes)] : [.say(Self.addressed(query))]
    }
    try await Self.run(script) { resolver, stub, _ in
      check(try await Self.ask(resolver, "old.test").get().addresses.count, 1)
      check(stub.asked, 2)
    }
  }

  @Test func theNextServerIsAskedWhereOneIsDead() async throws {
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      let dead = try ResolverStub(stage) { _, _ in [] }
      let alive = try ResolverStub(stage) { query, _ in [.say(Self.addressed(query))] }
      var settings = ResolverSettings(servers: [dead.address, alive.address])
      settings.patience = [.milliseconds(200), .milliseconds(400)]
      let resolver = Resolver(settings, on: stage.loop)
      let first = Task { await Self.ask(resolver, "n0.test") }
      await Self.pass(.milliseconds(250), clock, stage, after: 1, dead)
      check(try await first.value.get().addresses.count, 1)
      for index in 1..<5 {
        check(try await Self.ask(resolver, "n\(index).test").get().addresses.count, 1)
      }
      check(dead.asked, 1, "the dead one is asked first only once")
      resolver.stop()
      await stage.turns()
      check(await Self.ask(resolver, "late.test"), .failure(.cancelled))
      dead.stop()
      alive.stop()
    }
  }

  @Test func cancelledCallersLeaveAndOthersGetTheirAnswer() async throws {
    let clock = ManualClock()
    let gate = Gate()
    let script: ResolverStub.Script = { query, _ in
      gate.wasPassed() ? [.say(Self.addressed(query))] : []
    }
    try await Self.run(clock: clock, script) { resolver, stub, stage in
      let one = Task(executorPreference: stage.loop) { await Self.ask(resolver, "one.test") }
      let two = Task { await Self.ask(resolver, "one.test") }
      while stub.asked < 1 { await stage.turns(1) }
      one.cancel()
      check(await one.value, .failure(.cancelled))
      await Self.pass(.milliseconds(350), clock, stage, after: 1, stub)
      check(try await two.value.get().addresses.count, 1)
    }
  }

  /// Thousands of names whose servers are dead, and one that lives: it is answered while the dead
  /// are still waited for, at once where there is a place, else when one of them has had its time.
  @Test func theDeadDoNotKeepTheLivingWaiting() async throws {
    let script: ResolverStub.Script = { query, _ in
      ResolverPacket.asked(query).name == "alive.test" ? [.say(Self.addressed(query))] : []
    }
    for (places, count) in [(4_000, 3_900), (1_000, 1_000), (1_000, 4_000)] {
      let clock = ManualClock()
      // The server's socket may drop what thousands ask at once, so each asks again and again; none
      // gives up while the test runs, so whoever gives way does it for the others.
      try await Self.run(
        patience: Array(repeating: .seconds(50), count: 1_000), outstanding: places,
        courtesy: .milliseconds(100), clock: clock, script
      ) { resolver, _, stage in
        let dead = Task(executorPreference: stage.loop) {
          await withTaskGroup(of: Bool.self) { group in
            for index in 0..<count {
              group.addTask(executorPreference: stage.loop) {
                if case .failure = await Self.ask(resolver, "dead\(index).test") { return true }
                return false
              }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
          }
        }
        while resolver.outstanding < count { await stage.turns(1) }
        let isAnswered = Gate()
        let alive = Task(executorPreference: stage.loop) {
          defer { isAnswered.pass() }
          return await Self.ask(resolver, "alive.test")
        }
        while !isAnswered.isPassed {
          clock.advance(by: .milliseconds(150))
          await stage.turns()
        }
        check(try await alive.value.get().addresses.count, 1)
        resolver.stop()
        check(await dead.value, count)
      }
    }
  }
}
