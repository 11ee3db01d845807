import TestKit
import Testing

@testable import MailFormat

/// Searches eight octets at a time find what a look at each octet finds.
@Suite struct SearchTests {
  static let texts: [[UInt8]] = [
    [], [10], [13, 10], Array("abcdefg\n".utf8), Array("abcdefgh\n".utf8),
    Array("ab\tcd\r\nefghijk".utf8),
    Array(repeating: 0x61, count: 40), Array(repeating: 0x8A, count: 17) + [10],
    Array((0...255).reversed()), Array(0...255),
    [0x0E, 0x0F, 0x10, 0x8D, 0x8A, 0x80, 0xFF, 0x0B, 0],
    [0x0B, 0x0A, 0x0B, 0x0A, 0x0E, 0x0D, 0x09, 0x00],
  ]

  @Test(arguments: texts) func `Every place is found`(text: [UInt8]) {
    for start in 0...text.count {
      let feed = text[start...].firstIndex(of: 10) ?? text.count
      let control = text[start...].firstIndex { $0 < 14 } ?? text.count
      check(text.span.lineFeed(from: start), feed, "\(text) from \(start)")
      check(text.span.lineControl(from: start), control, "\(text) from \(start)")
    }
  }

  static let headers = [
    "", "\r\n", "Date: x\r\n\r\nDate: y\r\n", "date: a\r\n b\r\nDATE : b\nMessage-ID: c",
    " stray\r\nTo: a\r\n",
    "Received: a\r\nreceived: b\r\nno field\r\n folded\r\nSubject: s\r\n\tt\r\n\r\n",
    "Cc: a\rBcc: b\r\nBcc:\r\nX-Y: z\r\n",
    "From: a\n\nSender: b\n",
  ]

  @Test(arguments: headers) func `A header is counted as a scanner counts it`(header: String) {
    let octets = Array(header.utf8)
    check(
      FieldTally(header: octets.span), MessageScanner.scan(octets.span).tally,
      header.debugDescription)
  }
}
