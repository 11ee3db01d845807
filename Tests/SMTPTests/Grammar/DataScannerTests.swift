import TestKit
import Testing

@testable import SMTP

/// Where a message ends, whatever the chunks. RFC 5321 §4.5.2
@Suite struct DataScannerTests {
  struct Case: Sendable {
    let sent: String
    let received: String
    var isBare = false
    var rest = ""
  }

  static let cases = [
    Case(sent: "a\r\n.\r\n", received: "a\r\n"),
    Case(sent: ".\r\n", received: ""),
    Case(sent: "a\r\n.\r\nQUIT\r\n", received: "a\r\n", rest: "QUIT\r\n"),
    Case(sent: "..a\r\n.\r\n", received: ".a\r\n"),
    Case(sent: ".a\r\n.\r\n", received: "a\r\n"),
    Case(sent: "...\r\n.\r\n", received: "..\r\n"),
    Case(sent: "a\n.\nb\r\n.\r\n", received: "a\n.\nb\r\n", isBare: true),
    Case(sent: "a\n.\r\nb\r\n.\r\n", received: "a\n.\r\nb\r\n", isBare: true),
    Case(sent: "a\r\n.\nb\r\n.\r\n", received: "a\r\n\nb\r\n", isBare: true),
    Case(sent: "a\r\n.\rb\r\n.\r\n", received: "a\r\n\rb\r\n", isBare: true),
    Case(sent: "a\r\n.\r\r\nb\r\n.\r\n", received: "a\r\n\r\r\nb\r\n", isBare: true),
    Case(sent: "a\r.\r\nb\r\n.\r\n", received: "a\r.\r\nb\r\n", isBare: true),
    Case(sent: "a\r\r\n.\r\n", received: "a\r\r\n", isBare: true),
  ]

  @Test(arguments: cases) func `Every split gives the same message`(one: Case) {
    let octets = Array(one.sent.utf8)
    for cut in 0...octets.count {
      var scanner = DataScanner()
      var out: [UInt8] = []
      var used = 0
      for part in [octets[..<cut], octets[cut...]] where !scanner.isComplete {
        used += scanner.feed(Array(part).span, into: &out)
      }
      check(scanner.isComplete, "\(one.sent.debugDescription) at \(cut) has an end")
      check(out, Array(one.received.utf8), "\(one.sent.debugDescription) at \(cut)")
      check(scanner.hasBareLineEnd, one.isBare, "\(one.sent.debugDescription) at \(cut) bare")
      check(Array(octets[used...]), Array(one.rest.utf8), "rest of \(one.sent.debugDescription)")
    }
  }

  @Test func `A NUL is seen wherever it stands`() {
    for text in ["\0\r\n.\r\n", "a\0b\r\n.\r\n", "a\r\n\0.\r\n.\r\n", "a\r\n.\0\r\n.\r\n"] {
      var scanner = DataScanner()
      var out: [UInt8] = []
      _ = scanner.feed(Array(text.utf8).span, into: &out)
      check(scanner.hasNull, text.debugDescription)
    }
  }
}
