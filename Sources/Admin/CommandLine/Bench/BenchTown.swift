import Events
import Ledger
import Network
import Platform
import State

/// A node of its own with a domain of many users, for works that go through the Scribe.
final class BenchTown: Sendable {
  static let domainName = "bench.test"

  let node: Node
  let gauge: WriterGauge
  let domain: DomainID
  let users: [LocalRecipient]
  let loops: EventLoops

  /// - Parameters:
  ///   - users: how many besides the administrator.
  ///   - batch: the most requests of one commit.
  init(at path: String, users count: Int, batch: Int = 1_000) async throws {
    let gauge = WriterGauge()
    var options = Node.Options(onEnd: { _ in })
    options.surroundings.diagnostics = .none
    options.scribe.ballastBytes = 0
    options.scribe.batchRequests = batch
    options.afterCommit = { _ in gauge.mark() }
    try Journal.create(
      at: path, application: "daybook bench", surroundings: options.surroundings
    ).close()
    let node = try await Node.open(path, options)
    self.node = node
    self.gauge = gauge
    domain = try await Self.createDomain(node)
    users = try await Self.addUsers(count, to: domain, node)
    loops = try EventLoops(count: 1)
  }

  private static func createDomain(_ node: Node) async throws -> DomainID {
    let administrator = try NewUser(
      localPart: "postmaster", verifier: [1], entropy: node.entropy, at: node.clock.now())
    let decision = CreateDomain(
      try DomainName(domainName), administrator: administrator, entropy: node.entropy,
      at: node.clock.now())
    let domain = try await node.scribe.perform(decision, origin: .server).answer.domain
    let unlimited = ["limit.users", "limit.disk_space"].map { ChangeSettings.Change($0, "0") }
    _ = try await node.scribe.perform(
      ChangeSettings(.domain(domain), unlimited), origin: .server)
    return domain
  }

  private static func addUsers(
    _ count: Int, to domain: DomainID, _ node: Node
  ) async throws -> [LocalRecipient] {
    let names = (0..<count).map { "user\($0)" }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in names {
        let user = try NewUser(
          localPart: name, verifier: [1], entropy: node.entropy, at: node.clock.now())
        group.addTask {
          _ = try await node.scribe.perform(AddUser(user, to: domain), origin: .server)
        }
      }
      try await group.waitForAll()
    }
    return try node.state.read { view in
      try names.compactMap { name in
        guard case .routed(let route) = try view.resolve(Array(name.utf8), domain: domainName)
        else { return nil }
        return route.locals.first
      }
    }
  }

  func close() async {
    loops.stop()
    await node.stop()
  }

  /// Lets `callers` tasks on an event loop ask and wait, again and again, as sessions do.
  ///
  /// - Parameter ask: one round trip of one caller; how many events it made.
  func drive(
    callers: Int, for time: Duration,
    _ ask: @escaping @Sendable (_ node: Node, _ user: LocalRecipient) async throws -> UInt64
  ) async throws -> Sample {
    let clock = node.clock
    let before = (cpu: ProcessorTime.process, writer: gauge.processorTime, commits: gauge.commits)
    let start = clock.sinceBoot()
    let end = start + time.nanoseconds
    var sample = Sample()
    try await withThrowingTaskGroup(of: Sample.self) { group in
      for index in 0..<callers {
        let user = users[index % users.count]
        group.addTask(executorPreference: loops.next()) { [node] in
          var own = Sample()
          var asked = clock.sinceBoot()
          repeat {
            own.events += try await ask(node, user)
            let answered = clock.sinceBoot()
            own.waits.append(answered - asked)
            asked = answered
          } while asked < end
          return own
        }
      }
      for try await own in group {
        sample.events += own.events
        sample.waits += own.waits
      }
    }
    sample.wall = clock.sinceBoot() - start
    sample.cpu = ProcessorTime.process - before.cpu
    sample.writer = gauge.processorTime - before.writer
    sample.commits = gauge.commits - before.commits
    sample.waits.sort()
    return sample
  }
}

extension BenchTown {
  /// Users sign in: one event of about 300 octets each, which changes one row.
  func signIns(callers: Int, for time: Duration) async throws -> Sample {
    try await drive(callers: callers, for: time) { node, user in
      _ = try await node.scribe.perform(
        RecordSignIn(
          user.user, service: "imap", mechanism: "SCRAM-SHA-256", client: "2001:db8::17"),
        origin: Origin(actor: .user(user.user)))
      return 1
    }
  }
}
