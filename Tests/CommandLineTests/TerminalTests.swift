import Control
import Events
import Platform
import TestKit
import Testing

@testable import CommandLine

@Suite struct TerminalTests {
  @Test func rowsStandInColumns() {
    let rows = [
      Row(["name": "a", "count": .number(7), "note": .null]),
      Row(["name": "longer", "count": .number(1_000), "note": "x y"]),
    ]
    check(Table(rows).lines, ["name    count  note", "a       7      -", "longer  1000   x y"])
    check(Table([]).lines, [])
  }

  @Test func replayEndsAreRead() throws {
    check(try ReplayEnd(nil), .head)
    check(try ReplayEnd("12"), .position(Position(12)))
    check(try ReplayEnd("2026-11-23T10:00:00Z"), .time(Timestamp(rfc3339: "2026-11-23T10:00:00Z")!))
    for text in ["", "-1", "soon", "2026-13-01T00:00:00Z"] {
      refuses({ _ = try ReplayEnd(text) }, text)
    }
    let time = ReplayEnd.time(Timestamp(seconds: 100))
    check(time.isPast(Position(5), Timestamp(seconds: 99)), false)
    check(time.isPast(Position(5), Timestamp(seconds: 102)), true)
    check(ReplayEnd.position(Position(5)).isPast(Position(4), Timestamp.zero), false)
    check(ReplayEnd.position(Position(5)).isPast(Position(5), Timestamp.zero), true)
    check(ReplayEnd.head.isPast(Position(5), Timestamp(seconds: 102)), false)
  }

  private func refuses(_ body: () throws -> Void, _ what: String) {
    do {
      try body()
      Issue.record("\(what) was taken")
    } catch { check("\(error)".contains("--until"), "\(error)") }
  }
}
