import TestKit
import Testing

@testable import IMAP

/// Values that arguments are made of.
@Suite struct ValueParsingTests {
  @Test func `sequence sets resolve to sorted ranges`() {
    let rows: [(text: String, largest: UInt32, ranges: [ClosedRange<UInt32>])] = [
      ("2,4:7,9,12:*", 15, [2...2, 4...7, 9...9, 12...15]), ("*:4,5:7", 10, [4...10]),
      ("1:*,*:1", 3, [1...3]), ("559:*", 30, [30...559]), ("*", 0, []), ("1:*", 0, []),
      ("4:2,3", 9, [2...4]), ("4294967295", 1, [4_294_967_295...4_294_967_295]),
      ("1,2,3", 9, [1...3]), ("1:4294967295,5", 9, [1...4_294_967_295]),
    ]
    for row in rows {
      do {
        var parser = Parser(Array((row.text + " ").utf8))
        let set = try parser.sequenceSet()
        check(set.resolved(largest: row.largest), row.ranges, row.text)
      } catch { check(false, "\(row.text): \(error)") }
    }
  }

  @Test func `internal dates are read and written`() {
    let rows: [(wire: String, seconds: Int64?, written: String)] = [
      ("\"17-Jul-1996 02:44:25 -0700\"", 837_596_665, "\"17-Jul-1996 09:44:25 +0000\""),
      ("\" 1-Jan-1970 00:00:00 +0000\"", 0, "\" 1-Jan-1970 00:00:00 +0000\""),
      ("\"01-feb-2024 23:59:59 +0530\"", 1_706_812_199, "\" 1-Feb-2024 18:29:59 +0000\""),
      ("\"29-Feb-2024 00:00:00 +0000\"", 1_709_164_800, "\"29-Feb-2024 00:00:00 +0000\""),
      ("\"31-Dec-1969 23:59:59 +0000\"", -1, "\"31-Dec-1969 23:59:59 +0000\""),
      ("\"01-Jan-0002 00:00:00 +0000\"", -62_104_060_800, "\" 1-Jan-0002 00:00:00 +0000\""),
      ("\"29-Feb-2023 00:00:00 +0000\"", nil, ""), ("\"00-Jan-2023 00:00:00 +0000\"", nil, ""),
      ("\"01-Foo-2023 00:00:00 +0000\"", nil, ""), ("\"01-Jan-2023 24:00:00 +0000\"", nil, ""),
      ("\"01-Jan-2023 00:00:00 +9900\"", nil, ""), ("\"01-Jan-0000 00:00:00 +0000\"", nil, ""),
      ("\"111-Jan-2023 00:00:00 +0000\"", nil, ""),
    ]
    for row in rows {
      var parser = Parser(Array(row.wire.utf8))
      let seconds = try? parser.dateTime()
      check(seconds, row.seconds, row.wire)
      guard let seconds else { continue }
      var writer = ResponseWriter()
      writer.dateTime(secondsSinceEpoch: seconds)
      check(String(decoding: writer.take(), as: UTF8.self), row.written, row.wire)
    }
  }

  @Test func `a literal is announced at the end of a line only`() {
    let rows: [(String, LiteralHeader?)] = [
      ("a LOGIN {11}", LiteralHeader(octets: 11, isSynchronizing: true)),
      ("{0+}", LiteralHeader(octets: 0, isSynchronizing: false)),
      ("a {4294967295}", LiteralHeader(octets: 4_294_967_295, isSynchronizing: true)),
      (
        "a {99999999999999999999}",
        LiteralHeader(octets: UInt64(Int64.max), isSynchronizing: true)
      ),
      ("a {11} ", nil), ("a {}", nil), ("a {+}", nil), ("a {x}", nil), ("}", nil), ("", nil),
      ("a 11}", nil), ("+}", nil), ("a {-1}", nil), ("a {1 }", nil),
    ]
    for (line, header) in rows { check(LiteralHeader(endOf: Array(line.utf8)), header, line) }
  }

  @Test func `a command is assembled within its limits`() {
    var assembler = CommandAssembler(limits: CommandLimits(octets: 40, literals: 2))
    let announced = LiteralHeader(octets: 3, isSynchronizing: true)
    check(assembler.hear(line: Array("a LOGIN {3}".utf8)), .literal(announced))
    assembler.hear(literal: Array("bob".utf8))
    check(assembler.hear(line: Array(" x".utf8)), .complete)
    check(assembler.bytes, Array("a LOGIN {3}\r\nbob x\r\n".utf8))

    var greedy = CommandAssembler(limits: CommandLimits(octets: 40, literals: 2))
    let large = LiteralHeader(octets: 1_073_741_824, isSynchronizing: false)
    check(greedy.hear(line: Array("a LOGIN {1073741824+}".utf8)), .tooBig(large))

    var many = CommandAssembler(limits: CommandLimits(octets: 4_000, literals: 2))
    let empty = LiteralHeader(octets: 0, isSynchronizing: false)
    check(many.hear(line: Array("a SEARCH {0+}".utf8)), .literal(empty))
    check(many.hear(line: Array(" {0+}".utf8)), .literal(empty))
    check(many.hear(line: Array(" {0+}".utf8)), .tooBig(empty))
  }
}
