import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

@Suite struct SpoolDecisionTests {
  /// Every recipient that waits: its number, status, attempts, and seconds until it is due.
  private func waiting(_ town: Town, _ entry: Position) throws -> [String] {
    let now = town.bench.now
    return try town.bench.read { view in
      let due = try view.spoolDue(through: now.adding(seconds: 1_000_000), limit: 100)
      return try view.spoolRecipients(of: entry).map { recipient in
        let time = due.first { $0.entry == entry && $0.index == recipient.index }?.due
        let left = time.map { "\(Int(Double($0.since(now).components.seconds)))" } ?? "-"
        return "\(recipient.index) \(recipient.status) \(recipient.attempts) \(left)"
      }
    }
  }

  @Test func `one decision files here and queues elsewhere, in one entry for each who answers`()
    throws
  {
    let town = try Town()
    let bench = town.bench
    let bob = RemoteRecipient(Array("x@else.test".utf8), domain: town.domain, user: town.bob)
    let alias = RemoteRecipient(
      Array("Y@Else.test".utf8), domain: town.domain, user: nil,
      via: [RouteStep(.alias, Array("team@a.test".utf8))])
    let targets = [
      AcceptMessage.Target(try town.recipient(), address: Array("bob@a.test".utf8)),
      AcceptMessage.Target(.remote(bob), address: bob.address, notify: "SUCCESS"),
      AcceptMessage.Target(.remote(alias), address: Array("team@a.test".utf8)),
    ]
    let accepted = try bench.perform(
      AcceptMessage(bench.parcel(2_000), town.transaction(from: "bob@a.test"), targets: targets))
    check(accepted.filings.map(\.isTaken), [true, true, true])
    check(
      bench.lastTypes,
      ["message.accepted", "message.filed", "message.queued", "message.queued"])
    let entries = try town.spool()
    check(entries.map(\.user), [town.bob, nil])
    check(entries.map(\.recipientCount), [1, 1])
    check(entries[0].sender, Array("bob@a.test".utf8))
    check(entries.map(\.reason), [.standard, .standard])
    let recipients = try bench.read { try $0.spoolRecipients(of: entries[1].id) }
    check(recipients.map(\.address), [alias.address])
    check(recipients[0].via, alias.via)
    check(recipients[0].destination, Array("else.test".utf8))
    let due = try bench.read { try $0.spoolDue(through: bench.now, limit: 10) }
    check(due.map(\.entry), entries.map(\.id))
    let holders = try bench.read { try $0.content(entries[0].origin)?.holders }
    check(holders, 3)
    try bench.checkFolds()
  }

  @Test func `an entry goes when the last recipient is final, and the body with it`() throws {
    let town = try Town()
    let bench = town.bench
    let entry = try town.queue(["a@x.test", "b@x.test", "c@y.test"])
    check(try waiting(town, entry), ["0 waiting 0 0", "1 waiting 0 0", "2 waiting 0 0"])
    check(
      try bench.perform(BeginDelivery(entry: entry, recipients: [0, 1], attempt: 1, host: "mx")),
      true)
    check(try waiting(town, entry), ["0 begun 1 0", "1 begun 1 0", "2 waiting 0 0"])
    try bench.perform(
      EndDelivery(
        entry: entry, attempt: 1,
        results: [
          .init([0], .sent, code: 250, status: "2.0.0", reply: Array("250 ok".utf8), host: "mx"),
          .init([1], .deferred(next: bench.now.adding(seconds: 900)), code: 451, status: "4.2.0"),
        ]))
    check(try waiting(town, entry), ["0 delivered 1 -", "1 waiting 1 900", "2 waiting 0 0"])
    try bench.perform(
      EndDelivery(
        entry: entry, attempt: 2,
        results: [
          .init([1, 2], .failed(reason: "refused"), code: 550, status: "5.1.1"),
          .init([0], .deferred(next: bench.now), status: "4.0.0"),
        ]))
    check(bench.lastTypes, ["delivery.failed"])
    check(try town.spool().count, 0)
    check(try bench.read { try $0.freed(limit: 10).count }, 1)
    check(
      try bench.perform(BeginDelivery(entry: entry, recipients: [0], attempt: 3, host: "mx")),
      false)
    try bench.checkFolds()
  }

  @Test func `a report is filed or queued with what it tells, and never for the null sender`()
    throws
  {
    let town = try Town()
    let bench = town.bench
    func fail(_ sender: String, _ kind: EndDelivery.Report.Kind = .failure) throws -> [String] {
      let entry = try town.queue(["a@x.test"], from: sender)
      let verdict: EndDelivery.Result.Verdict =
        kind == .delay
        ? .deferred(next: bench.now.adding(seconds: 60)) : .failed(reason: "refused")
      try bench.perform(
        EndDelivery(
          entry: entry, attempt: 1, results: [.init([0], verdict, status: "5.1.1")],
          reports: [.init(bench.parcel(700), kind, recipients: [0])]))
      return bench.lastTypes
    }
    check(try fail("bob@a.test"), ["message.accepted", "message.filed", "delivery.failed"])
    check(try fail("far@else.test"), ["message.accepted", "message.queued", "delivery.failed"])
    check(try town.spool().map(\.kind), [.bounce])
    check(try town.spool().map(\.sender), [[]])
    check(try fail(""), ["delivery.failed"])
    check(try fail("nobody@a.test"), ["delivery.failed"])
    check(
      try fail("bob@a.test", .delay),
      ["message.accepted", "message.filed", "delivery.delayed", "delivery.deferred"])
    try bench.checkFolds()
  }

  @Test func `limits of the hour hold back, and let go with the next hour`() throws {
    let town = try Town()
    let bench = town.bench
    try town.set(.domain(town.domain), "throttle.messages_per_hour", "3")
    bench.now = Timestamp(seconds: 1_800_000_000 / 3_600 * 3_600 + 1_000)
    let resume = ThrottleCount.window(at: bench.now).adding(seconds: 3_600)
    let first = try town.queue(["a@x.test", "b@x.test"])
    let second = try town.queue(["c@x.test", "d@x.test"])
    let admissions = try bench.perform(
      AdmitDeliveries([.init(first, [0, 1]), .init(second, [0, 1])]))
    check(admissions.map(\.admitted), [[0, 1], [0]])
    check(admissions.map(\.heldUntil), [nil, resume])
    check(
      bench.lastTypes, ["delivery.admitted", "domain.throttled"])
    bench.now = bench.now.adding(seconds: -7_200)
    check(
      try bench.perform(AdmitDeliveries([.init(second, [0, 1])])).map(\.admitted), [[0]],
      "who was admitted is not counted again, and a clock that steps back gives nothing")
    bench.now = resume
    check(try bench.perform(AdmitDeliveries([.init(second, [1])])).map(\.admitted), [[1]])
    check(
      bench.lastTypes, ["delivery.admitted", "domain.throttled"])
    guard case .domainThrottled(let left)? = bench.lastEvents.last else {
      return check(false, "no event")
    }
    check(left.isEntered, false)
    check(left.setting == .zero, false, "the event names what set the limit")
    try town.set(.domain(town.domain), "throttle.messages_per_hour_action", "reject")
    func rejects() throws -> Bool {
      try bench.read { try $0.rejectsSending(domain: town.domain, user: nil, at: bench.now) }
    }
    check(try rejects(), false)
    let third = try town.queue(["a@x.test", "b@x.test"])
    _ = try bench.perform(AdmitDeliveries([.init(third, [0, 1])]))
    check(try rejects(), true)
    try bench.checkFolds()
  }

  @Test func `a user has limits of their own, and octets count`() throws {
    let town = try Town()
    let bench = town.bench
    try town.set(.user(town.bob), "throttle.bandwidth_per_hour", "1")
    let large = try town.queue(["a@x.test"], size: 2_000_000, user: town.bob)
    let small = try town.queue(["a@x.test"], size: 1_000, user: town.bob)
    let other = try town.queue(["a@x.test"], size: 1_000)
    let admissions = try bench.perform(
      AdmitDeliveries([.init(large, [0]), .init(small, [0]), .init(other, [0])]))
    check(admissions.map(\.admitted), [[0], [], [0]], "the larger than all goes out alone")
    check(bench.lastTypes.last, "user.throttled")
    try bench.checkFolds()
  }

  @Test func `where mail over the limit is refused it counts when it is accepted`() throws {
    let town = try Town()
    let bench = town.bench
    try town.set(.domain(town.domain), "throttle.messages_per_hour", "3")
    try town.set(.domain(town.domain), "throttle.messages_per_hour_action", "reject")
    func send(_ addresses: [String]) throws -> [Filing] {
      try bench.perform(
        AcceptMessage(
          bench.parcel(100), town.transaction(from: "bob@a.test"),
          targets: addresses.map {
            AcceptMessage.Target(
              .remote(RemoteRecipient(Array($0.utf8), domain: town.domain, user: town.bob)),
              address: Array($0.utf8))
          })
      ).filings
    }
    check(try send(["a@x.test", "b@x.test"]), [.queued, .queued])
    check(bench.lastTypes, ["message.accepted", "message.queued", "delivery.admitted"])
    check(try send(["a@x.test", "b@x.test"]), [.queued, .throttled], "all or none")
    check(try town.spool().count, 1)
    check(try send(["c@x.test"]), [.queued])
    check(bench.lastTypes.suffix(2), ["domain.throttled", "user.throttled"])
    check(try send(["d@x.test"]), [.throttled])
    let last = try #require(try town.spool().last?.id)
    let count = bench.count
    check(try bench.perform(AdmitDeliveries([.init(last, [0])])).map(\.admitted), [[0]])
    check(bench.count, count, "it is not counted again")
    try bench.checkFolds()
  }

  @Test func `who lost the race for room waits in the spool, and the others do not`() throws {
    let town = try Town()
    let bench = town.bench
    try town.set(.user(town.bob), "limit.mailbox_size", "1")
    check(try town.deliver(900_000).isAccepted, "0.9 of 1 MiB")
    let mixed = try town.deliver(500_000, to: [town.admin, town.bob])
    check(mixed.filings.map(\.isTaken), [true, true])
    check(bench.lastTypes, ["message.accepted", "message.filed", "message.queued"])
    let entry = try #require(try town.spool().first)
    check(entry.user, town.bob)
    let recipients = try bench.read { try $0.spoolRecipients(of: entry.id) }
    check(recipients.map(\.address), [Array("bob@a.test".utf8)])
    func deliver() throws -> [Filing] {
      try bench.perform(
        DeliverHere(
          entry: entry.id, recipients: [0], attempt: 1, key: SeededEntropy(seed: 1).key())
      ).map(\.filing)
    }
    check(try deliver().map(\.isFiled), [false])
    check(bench.lastTypes.isEmpty || bench.lastTypes.last == "message.queued", "nothing happened")
    try town.set(.user(town.bob), "limit.mailbox_size", "2")
    check(try deliver().map(\.isFiled), [true])
    check(bench.lastTypes, ["message.filed", "message.sent"])
    check(try town.rows().count, 2)
    check(try town.spool().count, 0)
    check(try deliver().count, 0, "the entry is gone")
    try bench.checkFolds()
  }

  @Test func `bounces are counted by the hour`() throws {
    let town = try Town()
    let bench = town.bench
    try town.set(.domain(town.domain), "throttle.bounces_per_hour", "2")
    func receive(from sender: String) throws -> [String] {
      try bench.perform(
        AcceptMessage(
          bench.parcel(100), town.transaction(from: sender),
          targets: [.init(try town.recipient(), address: Array("bob@a.test".utf8))]))
      return bench.lastTypes
    }
    func action() throws -> ThrottleAction? {
      try bench.read { try $0.bounceAction(domain: town.domain, user: town.bob, at: bench.now) }
    }
    let filed = ["message.accepted", "message.filed"]
    check(try receive(from: "x@y.test"), filed)
    check(try receive(from: ""), filed + ["bounce.received"])
    check(try action(), nil)
    check(
      try receive(from: ""),
      filed + ["bounce.received", "domain.throttled", "user.throttled"])
    check(try action(), .delay)
    try town.set(.domain(town.domain), "throttle.bounces_per_hour_action", "reject")
    check(try action(), .reject)
    bench.now = bench.now.adding(seconds: 3_600)
    check(try action(), nil)
    check(
      try receive(from: ""),
      filed + ["bounce.received", "domain.throttled", "user.throttled"], "no longer")
    try bench.checkFolds()
  }

  @Test func `a message that a user sends to another has been sent`() throws {
    let town = try Town()
    var transaction = town.transaction(from: "bob@a.test")
    (transaction.authenticated, transaction.authenticatedDomain) = (town.bob, town.domain)
    try town.bench.perform(
      AcceptMessage(
        town.bench.parcel(100), transaction,
        targets: [.init(try town.recipient(town.admin), address: Array("admin@a.test".utf8))]))
    check(town.bench.lastTypes, ["message.accepted", "message.filed", "message.sent"])
    try town.bench.checkFolds()
  }

  @Test func `people change entries`() throws {
    let town = try Town()
    let bench = town.bench
    let entry = try town.queue(["a@x.test", "b@x.test"])
    try bench.perform(
      EndDelivery(
        entry: entry, attempt: 1,
        results: [.init([0, 1], .deferred(next: bench.now.adding(seconds: 900)), status: "4.4.1")]))
    func change(_ action: SpoolAction, priority: Int? = nil) throws -> Int {
      try bench.perform(
        ChangeSpool(action, [entry], priority: priority), as: .user(town.admin)
      ).count
    }
    let steps: [(SpoolAction, Int, [String])] = [
      (.force, 1, ["0 waiting 1 0", "1 waiting 1 0"]),
      (.reset, 1, ["0 waiting 0 0", "1 waiting 0 0"]),
      (.hold, 1, ["0 waiting 0 -", "1 waiting 0 -"]),
      (.hold, 0, ["0 waiting 0 -", "1 waiting 0 -"]),
      (.release, 1, ["0 waiting 0 0", "1 waiting 0 0"]),
      (.delete, 1, ["0 waiting 0 -", "1 waiting 0 -"]),
      (.purge, 0, ["0 waiting 0 -", "1 waiting 0 -"]),
      (.restore, 1, ["0 waiting 0 0", "1 waiting 0 0"]),
    ]
    for (action, count, expected) in steps {
      check(try change(action), count, "\(action)")
      check(try waiting(town, entry), expected, "\(action)")
      try bench.checkFolds()
    }
    check(try change(.prioritise, priority: 9), 1)
    check(try town.spool().map { "\($0.priority) \($0.reason)" }, ["9 hand"])
    check(
      bench.refusal(ChangeSpool(.prioritise, [entry], priority: 11)),
      .invalid(what: "the priority", why: "it is 1 to 10"))
    check(
      bench.refusal(ChangeSpool(.hold, [entry]), as: town.asBob),
      .forbidden(what: "changing the spool"))
    _ = try bench.perform(BeginDelivery(entry: entry, recipients: [0], attempt: 2, host: "mx"))
    check(try change(.confirm), 0, "an attempt is under way")
    try bench.perform(
      EndDelivery(
        entry: entry, attempt: 2,
        results: [.init([0], .doubtful(next: bench.now.adding(seconds: 900)), status: "4.4.2")]))
    check(try waiting(town, entry)[0], "0 doubtful 2 900")
    check(try change(.confirm), 1)
    check(bench.lastTypes, ["message.sent", "spool.changed"])
    check(try waiting(town, entry), ["0 delivered 2 -", "1 waiting 0 0"])
    check(try change(.delete), 1)
    func late() throws -> [Position] {
      let now = bench.now
      return try bench.read { try $0.spoolBeyondRestoring(at: now, limit: 10) }
    }
    bench.now = bench.now.adding(seconds: 599)
    check(try late(), [])
    bench.now = bench.now.adding(seconds: 2)
    check(try late(), [entry])
    check(try change(.restore), 0, "too late")
    check(try change(.purge), 1)
    check(try town.spool().count, 0)
    try bench.checkFolds()
  }

  @Test func `the class of a message gives its priority`() throws {
    let town = try Town()
    let bench = town.bench
    let domain = SettingTarget.domain(town.domain)
    func told(_ kind: SpoolKind, _ size: UInt64, _ attempts: Int) throws -> String {
      let (value, reason) = try bench.read {
        try $0.priority(of: kind, size: size, attempts: attempts, in: town.domain)
      }
      return "\(value) \(reason.rawValue)"
    }
    for (key, value) in [
      ("standard", "5"), ("bounce", "4"), ("over_size", "3"), ("attempt_x", "2"),
      ("attempt_y", "1"),
    ] { try town.set(domain, "priority.\(key)", value) }
    let table: [(SpoolKind, UInt64, Int, String)] = [
      (.standard, 1_000, 0, "5 standard"), (.bounce, 1_000, 0, "4 bounce"),
      (.bounce, 6_000_000, 0, "3 over_size"), (.bounce, 6_000_000, 3, "2 attempt_x"),
      (.standard, 10, 6, "1 attempt_y"), (.autoResponder, 10, 0, "5 auto_responder"),
    ]
    for (kind, size, attempts, expected) in table {
      check(try told(kind, size, attempts), expected)
    }
    try town.set(domain, "priority.over_size_enabled", "off")
    check(try told(.bounce, 6_000_000, 0), "4 bounce")
    try town.set(domain, "priority.bounce_enabled", "off")
    check(try told(.bounce, 6_000_000, 0), "5 standard")
  }
}

extension Bench {
  /// The types of the last decision's events, without their versions.
  var lastTypes: [String] {
    lastEvents.map { String("\($0.type)".prefix { $0 != "/" }) }
  }
}

extension Town {
  func transaction(from sender: String) -> MailTransaction {
    MailTransaction(
      service: "submission", transport: "ESMTPSA", sender: Array(sender.utf8), client: "192.0.2.1",
      helo: Array("client.test".utf8))
  }

  /// Queues a message for addresses elsewhere; the entry.
  func queue(
    _ addresses: [String], from sender: String = "bob@a.test", size: UInt64 = 1_000,
    user: UserID? = nil
  ) throws -> Position {
    let targets = addresses.map { address in
      AcceptMessage.Target(
        .remote(RemoteRecipient(Array(address.utf8), domain: domain, user: user)),
        address: Array(address.utf8))
    }
    try bench.perform(
      AcceptMessage(bench.parcel(size), transaction(from: sender), targets: targets))
    return try spool().last?.id ?? .zero
  }

  /// All entries, the oldest first.
  func spool() throws -> [SpoolEntry] {
    try bench.read { view in
      var entries: [SpoolEntry] = []
      try view.eachSpoolEntry { entry in
        entries.append(entry)
        return true
      }
      return entries
    }
  }
}
