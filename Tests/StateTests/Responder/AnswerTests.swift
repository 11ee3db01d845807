import Events
import Ledger
import Platform
import TestKit
import Testing

@testable import State

/// The auto-responder's decision. RFC 3834, SPEC §2.2
@Suite struct AnswerTests {
  private static let ann = Array("Ann@Elsewhere.test".utf8)
  private static let day: Int64 = 86_400

  /// Bob answers.
  private func town() throws -> Town {
    let town = try Town()
    try town.set(.user(town.bob), "responder.text", "I am away.\nBob")
    try town.set(.user(town.bob), "responder.enabled", "on")
    return town
  }

  @discardableResult
  private func answer(_ town: Town, to sender: [UInt8] = ann) throws -> Bool {
    try town.bench.perform(
      AnswerMessage(town.bench.parcel(300), from: town.bob, to: sender, origin: Position(5)))
  }

  @Test func `an answer to somebody elsewhere is queued and remembered in one decision`() throws {
    let town = try town()
    check(try answer(town), true)
    check(
      town.bench.lastTypes, ["message.accepted", "message.queued", "responder.answered"])
    let entry = try town.spool()[0]
    check(entry.sender, [], "the null reverse path")
    check(entry.kind, .autoResponder)
    check(entry.user, town.bob)
    guard case .responderAnswered(let event)? = town.bench.lastEvents.last else {
      Issue.record("no answer told")
      return
    }
    check(event.origin, Position(5))
    check(event.reply, entry.origin)
    check(event.sender.value, Array("ann@elsewhere.test".utf8))
    try town.bench.checkFolds()
  }

  @Test func `an answer to somebody here is filed at once, and is no bounce`() throws {
    let town = try town()
    check(try answer(town, to: Array("admin@a.test".utf8)), true)
    check(town.bench.lastTypes, ["message.accepted", "message.filed", "responder.answered"])
    try town.bench.checkFolds()
  }

  @Test func `a sender is answered once a day, whatever the case of the address`() throws {
    let town = try town()
    check(try answer(town), true)
    check(try answer(town), false)
    check(try answer(town, to: Array("ann@ELSEWHERE.test".utf8)), false)
    check(try answer(town, to: Array("eve@elsewhere.test".utf8)), true, "another sender")
    town.bench.now = Timestamp(seconds: (town.bench.now.seconds / Self.day + 1) * Self.day - 1)
    check(try answer(town), false, "the last second of the day")
    town.bench.now = town.bench.now.adding(seconds: 1)
    check(try answer(town), true, "the next day")
    try town.bench.checkFolds()
    try town.set(.domain(town.domain), "responder.once_per_day", "off")
    check(try answer(town), true, "without the limit")
  }

  @Test func `past days are forgotten as new answers come, and all with the user`() throws {
    let town = try town()
    func rows() throws -> Int {
      try town.bench.read { view in
        var rows = 0
        try view.scan(.responder, prefix: []) { _, _ in
          rows += 1
          return true
        }
        return rows
      }
    }
    for number in 0..<20 { try answer(town, to: Array("a\(number)@x.test".utf8)) }
    check(try rows(), 20)
    town.bench.now = town.bench.now.adding(seconds: Self.day)
    try answer(town)
    check(try rows(), 5, "sixteen are forgotten, one is new")
    try answer(town, to: Array("eve@x.test".utf8))
    check(try rows(), 2)
    try town.bench.perform(DeleteUser(town.bob))
    check(try rows(), 0)
    try town.bench.checkFolds()
  }

  @Test(arguments: [
    ("responder.enabled", "off", false), ("responder.text", "", false),
    ("responder.from", "2027-01-15", true), ("responder.from", "2027-01-16", false),
    ("responder.until", "2027-01-15", true), ("responder.until", "2027-01-14", false),
    ("user.disabled", "on", false),
  ])
  func `it answers only while it is on, within its dates`(key: String, value: String, is: Bool)
    throws
  {
    let town = try town()
    check(town.bench.now.description.prefix(10), "2027-01-15")
    try town.set(.user(town.bob), key, value)
    check(try answer(town), `is`, "\(key) = \(value)")
  }

  @Test func `an address here that nobody has gets no answer`() throws {
    let town = try town()
    check(try answer(town, to: Array("nobody@a.test".utf8)), false)
  }
}
