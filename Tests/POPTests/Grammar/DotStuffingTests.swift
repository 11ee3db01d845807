import TestKit
import Testing

@testable import POP

@Suite struct DotStuffingTests {
  struct Row: Sendable {
    let message: String
    var lines: UInt64?
    let sent: String
  }

  static let table = [
    Row(message: "", sent: ".\r\n"),
    Row(message: "a", sent: "a\r\n.\r\n"),
    Row(message: "a\r\n", sent: "a\r\n.\r\n"),
    Row(message: "a\r", sent: "a\r\r\n.\r\n"),
    Row(message: "a\n", sent: "a\n\r\n.\r\n"),
    Row(message: ".", sent: "..\r\n.\r\n"),
    Row(message: ".\r\n", sent: "..\r\n.\r\n"),
    Row(message: "..\r\n...\r\n", sent: "...\r\n....\r\n.\r\n"),
    Row(message: "a\r\n.b\r\nc.d\r\n", sent: "a\r\n..b\r\nc.d\r\n.\r\n"),
    Row(message: "a\n.\r\nb\r.\r\n", sent: "a\n..\r\nb\r.\r\n.\r\n"),
    Row(message: "\r\n\r\n.", sent: "\r\n\r\n..\r\n.\r\n"),
    Row(message: "h: 1\r\n\r\nx\r\ny\r\n", lines: 0, sent: "h: 1\r\n\r\n.\r\n"),
    Row(message: "h: 1\r\n\r\nx\r\ny\r\n", lines: 1, sent: "h: 1\r\n\r\nx\r\n.\r\n"),
    Row(message: "h: 1\r\n\r\nx\r\ny\r\n", lines: 2, sent: "h: 1\r\n\r\nx\r\ny\r\n.\r\n"),
    Row(message: "h: 1\r\n\r\nx\r\ny", lines: .max, sent: "h: 1\r\n\r\nx\r\ny\r\n.\r\n"),
    Row(message: "h: 1\r\n.h\r\n\r\n.x\r\n", lines: 1, sent: "h: 1\r\n..h\r\n\r\n..x\r\n.\r\n"),
    Row(message: "h: 1\r\n\r\n\r\n\r\nx", lines: 1, sent: "h: 1\r\n\r\n\r\n.\r\n"),
    Row(message: "h: 1\n\nx\ny", lines: 1, sent: "h: 1\n\nx\n\r\n.\r\n"),
    Row(message: "h: 1\r\r\n\r\nx\r\n", lines: 0, sent: "h: 1\r\r\n\r\n.\r\n"),
    Row(message: "\r\nbody\r\n", lines: 0, sent: "\r\n.\r\n"),
    Row(message: "only: header", lines: 5, sent: "only: header\r\n.\r\n"),
    Row(message: "", lines: 0, sent: ".\r\n"),
  ]

  private func sent(_ message: [UInt8], _ lines: UInt64?, step: Int) -> [UInt8] {
    var stuffing = DotStuffing(bodyLines: lines)
    var sent: [UInt8] = []
    for start in stride(from: 0, to: message.count, by: step) {
      sent += stuffing.stuff(Array(message[start..<min(start + step, message.count)]))
    }
    return sent + stuffing.end()
  }

  @Test func messagesAreSentAsTheTableSaysInWhateverPieces() {
    for row in Self.table {
      for step in [1, 2, 3, 1_000] {
        let got = sent(Array(row.message.utf8), row.lines, step: step)
        check(String(decoding: got, as: UTF8.self), row.sent, "\(row.message) by \(step)")
      }
    }
  }

  /// What clients do that end lines at every LF; they see the whole message in any case.
  @Test(arguments: [1, 2, 3]) func whatIsReadBackIsTheMessage(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let alphabet = Array("a.\r\n".utf8)
    for _ in 0..<3_000 {
      let count = Int.random(in: 0...40, using: &random)
      let message = (0..<count).map { _ in alphabet[Int.random(in: 0..<4, using: &random)] }
      let step = Int.random(in: 1...7, using: &random)
      var read: [UInt8] = []
      var isOver = false
      for line in sent(message, nil, step: step).split(
        separator: 10, omittingEmptySubsequences: false)
      {
        if line.elementsEqual([46, 13]) { isOver = true }
        if isOver { break }
        read += (line.first == 46 ? line.dropFirst() : line) + [10]
      }
      check(isOver, "the end is found: \(message)")
      let isWhole = message.isEmpty || message.suffix(2).elementsEqual([13, 10])
      check(read, message + (isWhole ? [] : [13, 10]), "\(message)")
    }
  }
}
