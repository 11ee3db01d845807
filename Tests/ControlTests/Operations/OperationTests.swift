import Events
import Followers
import Ledger
import Platform
import State
import TestKit
import Testing

@testable import Control

@Suite struct OperationTests {
  private func domain(_ name: String) -> Row { Row(["name": .text(name)]) }
  private func user(_ address: String) -> Row { Row(["address": .text(address)]) }

  @Test func peopleAreAddedChangedAndDeletedByTheOperator() async throws {
    let office = try await Office()
    let added = await office.perform("domain.add", domain("a.test"), secret: "correct horse")
    check(added.last, .finished)
    check(added.rows.first?.text("administrator"), "postmaster@a.test")
    check(await office.perform("user.add", user("u@a.test"), secret: "battery").last, .finished)
    check(await office.perform("user.passwd", user("u@a.test"), secret: "staple").last, .finished)
    let change = Row(["key": "limit.users", "value": "7", "domain": "a.test"])
    let changed = await office.perform("set", change)
    check(changed.rows.map(\.json), [#"{"key":"limit.users","old":null,"new":"7"}"#])
    check(await office.perform("user.delete", user("u@a.test")).last, .finished)
    let operators = try office.events().filter { $0.header.actor == .operator(uid: 7) }
    let types = Set(operators.map(\.header.type.name))
    for type in [
      "domain.added", "user.added", "user.password_changed", "setting.changed", "user.deleted",
    ] {
      check(types.contains(type), "\(type) is not the operator's")
    }
    await office.place.stop()
  }

  /// Each refusal says what is wrong with what, and changes nothing.
  @Test func whatIsWrongIsRefusedWithItsReason() async throws {
    let office = try await Office()
    check(await office.perform("domain.add", domain("a.test"), secret: "secret").last, .finished)
    let head = try office.place.node.journal.reader.head
    let table: [(operation: String, arguments: Row, secret: String, says: String)] = [
      ("dance", Row(), "", "no operation dance"),
      ("domain.add", domain("a.test"), "secret", "a.test exists already"),
      ("domain.add", domain("not a name"), "secret", "not a name"),
      ("domain.add", Row(), "secret", "not valid"),
      ("domain.add", domain("b.test"), "", "password"),
      ("domain.delete", domain("c.test"), "", "the domain c.test does not exist"),
      ("user.add", user("nobody"), "secret", "it has no @"),
      ("user.add", user("x@c.test"), "secret", "c.test does not exist"),
      ("user.add", user("postmaster@a.test"), "secret", "exists already"),
      ("user.passwd", user("x@a.test"), "secret", "x@a.test does not exist"),
      ("user.delete", user("x@a.test"), "", "x@a.test does not exist"),
      ("set", Row(["key": "no.such", "value": "1"]), "", "no.such"),
      ("set", Row(["key": "limit.users", "value": "many", "domain": "a.test"]), "", "limit.users"),
      ("set", Row(["key": "feature.notes", "value": "off", "domain": "a.test"]), "", "notes"),
      ("rebuild", Row(["projection": "everything"]), "", "state, chronicle"),
    ]
    for (operation, arguments, secret, says) in table {
      let reply = await office.perform(operation, arguments, secret: secret).last
      guard case .refused(let why) = reply else {
        Issue.record("\(operation) \(arguments.json): \(reply)")
        continue
      }
      check(why.contains(says), "\(operation) \(arguments.json) says: \(why)")
    }
    check(try office.place.node.journal.reader.head, head, "nothing was journaled")
    await office.place.stop()
  }

  @Test func projectionsAreRebuiltAndStatusTellsWhereTheyAre() async throws {
    let office = try await Office()
    _ = await office.perform("domain.add", domain("a.test"), secret: "secret")
    let head = try office.place.node.journal.reader.head
    check(await office.place.followers?.chronicle.reached(head) == true, "it follows")
    let done = await office.perform("rebuild")
    check(done.last, .finished)
    check(done.rows.map { $0.text("projection") }, ["state", "chronicle"])
    check(done.rows.allSatisfy { $0.number("position") ?? 0 >= head.rawValue }, "\(done.rows)")
    check(done.progress > 0, "signs of progress")
    await #expect(throws: Refusal.inUse(what: "x")) {
      try await office.place.alone("x") { try await office.place.alone("x") {} }
    }
    let status = await office.perform("status").rows[0]
    check(status.bool("writing"), "it writes")
    guard case .list(let followers) = status["followers"], case .row(let one) = followers[0] else {
      Issue.record("no followers: \(status.json)")
      return
    }
    check(one.text("name"), "chronicle")
    check(one["failure"], .null)
    check((one.number("position") ?? 0) + (one.number("behind") ?? 0), status.number("head") ?? 0)
    await office.place.stop()
  }
}
