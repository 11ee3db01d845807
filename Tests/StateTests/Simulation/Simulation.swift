import Events
import Platform
import TestKit

@testable import Ledger
@testable import State

/// A whole cell under random acts, faults, crashes, reboots and clock steps, replayable from a seed.
///
/// After each restart State must be what a simple model says, exactly; at the end also what a
/// rebuild gives, every body must be readable, and the journal must verify.
struct Simulation {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let cell: SimulatedCell
  private var maker: ActMaker
  private var random: SeededRandom
  private(set) var model = MailModel()
  private let domain: DomainID
  private(set) var restarts = 0
  private(set) var faults = 0
  private(set) var acts = 0

  init(seed: UInt64) async throws {
    cell = try SimulatedCell(seed: seed)
    random = SeededRandom(seed: seed)
    try await cell.open()
    let entropy = SeededEntropy(seed: seed &+ 3)
    let administrator = try NewUser(
      localPart: "admin", verifier: [1], entropy: entropy, at: cell.clock.now())
    let creation = CreateDomain(
      try DomainName("a.test"), administrator: administrator, entropy: entropy,
      at: cell.clock.now())
    domain = try await cell.scribe.perform(creation, origin: .server).answer.domain
    maker = ActMaker(domain: domain, seed: seed)
  }

  /// Runs so many batches; the root of the journal's tree at the end.
  mutating func run(batches: Int) async throws -> Digest {
    for _ in 0..<batches {
      switch Int.random(in: 0..<20, using: &random) {
      case 0: try await restart(cleanly: true)
      case 1: try await restart(cleanly: false)
      case 2: try await reboot()
      case 3: try SnapshotKeeper(cell.journal, cell.state).copy()
      case 4: try await stepClock()
      default: try await batch()
      }
    }
    try await restart(cleanly: true)
    try checkRebuild()
    try checkBodies()
    let root = try cell.journal.reader.root(at: cell.journal.reader.head)
    try await cell.close(cleanly: true)
    let report = Verifier(data: cell.data).report()
    guard report.isSound else { throw Failure(description: "\(report.findings)") }
    return root
  }

  private mutating func batch() async throws {
    cell.clock.advance(by: .milliseconds(Int.random(in: 1...900, using: &random)))
    let now = cell.clock.now()
    var batch: [SimulatedAct] = []
    var users: [UserID?] = model.users.shuffled(using: &random)
    if users.count < 5 { users.append(nil) }
    for user in users.prefix(Int.random(in: 1...4, using: &random)) {
      batch.append(try maker.make(for: user, in: model, at: now))
    }
    acts += batch.count
    let fault = plan()
    let verdicts = await cell.perform(batch, fault: fault)
    var after = model
    for act in batch { act.change(&after, now) }
    let context = "\(batch.map(\.name)), fault \(fault.map { "\($0)" } ?? "none"): \(verdicts)"
    if verdicts.allSatisfy({ $0 == .stopped }) {
      // The process has died: what was committed is there, what was not is not.
      if fault?.step == .committed { model = after }
      return try await restart(cleanly: false, context)
    }
    if verdicts.allSatisfy({ $0 == nil }) {
      model = after
    } else if !verdicts.allSatisfy(Self.isUnavailable) {
      throw Failure(description: "verdicts of one batch differ: \(context)")
    }
    try compare(context)
    if model != after { try await cell.idle() }
  }

  private static func isUnavailable(_ verdict: SimulatedAct.Verdict) -> Bool {
    if case .unavailable? = verdict { true } else { false }
  }

  private mutating func plan() -> (step: CommitStep, fault: SimulatedCell.Fault)? {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return nil }
    faults += 1
    let step = CommitStep.allCases.randomElement(using: &random) ?? .commit
    // Once the commit is there, no room is no reason any more.
    let fault =
      step == .committed ? .broken : SimulatedCell.Fault.allCases.randomElement(using: &random)
    return (step, fault ?? .broken)
  }

  private mutating func restart(cleanly: Bool, _ context: String = "") async throws {
    restarts += 1
    try await cell.close(cleanly: cleanly)
    try await cell.open()
    try compare("after a \(cleanly ? "clean" : "hard") restart. \(context)")
  }

  /// The machine restarts without a clean stop: State is not trusted, and its file is torn.
  private mutating func reboot() async throws {
    restarts += 1
    try await cell.close(cleanly: false)
    let file = try Descriptor.open(cell.data + "/state/data.mdb", [.read, .write])
    let size = Int(try file.size())
    for _ in 0..<4 {
      try file.pwrite(random.bytes(512), at: UInt64(Int.random(in: 0..<size, using: &random)))
    }
    cell.clock.reboot(as: ID(high: random.next(), low: 1))
    try await cell.open()
    try compare("after a reboot")
  }

  private mutating func stepClock() async throws {
    let steps: [Int64] = [-86_400, -3_600, -2, 2, 3_600, 86_400, 400_000_000]
    let step = steps.randomElement(using: &random) ?? 2
    cell.clock.set(now: cell.clock.now().adding(.seconds(step)))
    try await cell.idle()
  }

  private func compare(_ context: String) throws {
    let shown = try MailModel(cell.state, domain, cell.journal.keyring)
    guard shown != model else { return }
    throw Failure(description: "\(shown.difference(from: model)): \(context)")
  }

  private func checkRebuild() throws {
    let result = try StateRebuild.compare(
      cell.journal, live: cell.state, scratch: cell.scratch.path("rebuild"))
    guard result.live == result.rebuilt else {
      throw Failure(description: "State differs from its rebuild at \(result.position)")
    }
  }

  private func checkBodies() throws {
    var bodies: [(ContentID, [Wrap], UInt64)] = []
    try cell.state.read { view in
      for user in model.users {
        for box in model.boxes(of: user) {
          try view.messages(in: box) { _, row in
            guard let content = try view.content(row.origin), let body = content.body else {
              throw Failure(description: "a message at \(row.origin) has no content")
            }
            bodies.append((body, content.wraps, content.bodyLength))
            return true
          }
        }
      }
    }
    for (body, wraps, length) in bodies {
      guard let key = wraps.lazy.compactMap({ cell.journal.keyring.unwrap($0) }).first else {
        throw Failure(description: "no key opens body \(body)")
      }
      let octets = try cell.journal.content.read(body, dataKey: key, 0..<length)
      guard octets.count == Int(length) else {
        throw Failure(description: "body \(body) has \(octets.count) of \(length) octets")
      }
    }
  }
}
