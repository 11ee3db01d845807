import Events
import Platform
import TestKit
import Testing

@testable import Control

@Suite struct RowTests {
  @Test func rowsKeepTheirOrderAndShowAsJSONAndCells() {
    var row = Row(["b": .number(1), "a": "x\ny", "none": .optional(nil), "yes": true])
    row["b"] = .number(2)
    row["list"] = .list([.number(1), .row(Row(["k": "v"]))])
    check(row.json, #"{"b":2,"a":"x\ny","none":null,"yes":true,"list":[1,{"k":"v"}]}"#)
    check(row.values.map(\.cell), ["2", "x\ny", "-", "yes", "1; k v"])
    check(row.number("b"), 2)
    check(row.text("b"), nil)
    check(row.bool("yes") && !row.bool("b"), "only true is true")
  }

  @Test func messagesComeBackAsTheyWere() throws {
    var random = SeededRandom(seed: 5)
    for _ in 0..<200 {
      let request = ControlRequest(
        "op", row(&random, depth: 3), secret: random.bytes(Int.random(in: 0..<40, using: &random)))
      let bytes = ControlCoding.encode(request)
      check(ControlCoding.length(Array(bytes[..<4])), bytes.count - 4)
      check(try ControlCoding.request(Array(bytes[4...])), request)
      let replies: [ControlReply] = [
        .row(request.arguments), .progress(what: "x", done: 3, total: 9), .finished,
        .refused("no"), .unavailable("later"),
      ]
      for reply in replies {
        check(try ControlCoding.reply(Array(ControlCoding.encode(reply)[4...])), reply)
      }
    }
  }

  /// Nothing that arrives ends the process: it is an error, or a message.
  @Test func hostileOctetsAreRefused() throws {
    var random = SeededRandom(seed: 6)
    let whole = Array(
      ControlCoding.encode(ControlRequest("op", row(&random, depth: 3), secret: [1]))[4...])
    refuses(whole.dropLast(1))
    for count in 0..<whole.count { refuses(whole[..<count]) }
    for _ in 0..<20_000 {
      var octets = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = random.bytes(1)[0]
      }
      do { _ = try ControlCoding.request(octets) } catch { continue }
    }
  }

  private func refuses(_ octets: some Sequence<UInt8>) {
    do {
      _ = try ControlCoding.request(Array(octets))
      Issue.record("a message that was cut off was taken")
    } catch { check("\(error)".isEmpty, false) }
  }

  private func row(_ random: inout SeededRandom, depth: Int) -> Row {
    var row = Row()
    for index in 0..<Int.random(in: 0..<5, using: &random) {
      row["n\(index)"] = value(&random, depth: depth)
    }
    return row
  }

  private func value(_ random: inout SeededRandom, depth: Int) -> Row.Value {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .number(.random(in: 0...UInt64.max, using: &random))
    case 3: .text(String(repeating: "é\u{0}", count: Int.random(in: 0..<9, using: &random)))
    case 4:
      .list(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default: .row(row(&random, depth: depth - 1))
    }
  }
}
