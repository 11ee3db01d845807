import TestKit
import Testing

@testable import SMTP

/// Commands as lines of text, and what the parser makes of them. RFC 5321 §4.1.1
@Suite struct GrammarTests {
  static let accepted: [(String, String)] = [
    ("MAIL FROM:<a@b.test>", "a@b.test"),
    ("mail from: <a@b.test>", "a@b.test"),
    ("MAIL FROM:<@x.test,@y.test:a@b.test>", "a@b.test"),
    ("MAIL FROM:<\"a b\"@c.test>", "\"a b\"@c.test"),
    ("MAIL FROM:<\"a\\\"b\"@c.test>", "\"a\\\"b\"@c.test"),
    ("MAIL FROM:<\"ab\"@c.test>", "ab@c.test"),
    ("MAIL FROM:<a@[127.0.0.1]>", "a@[127.0.0.1]"),
    ("MAIL FROM:<a@[IPv6:::1]>", "a@[IPv6:::1]"),
    ("MAIL FROM:<!#$%&'*+-/=?^_`{|}~@b.test>", "!#$%&'*+-/=?^_`{|}~@b.test"),
    ("MAIL FROM:<dé@b.test> SMTPUTF8", "dé@b.test"),
    ("RCPT TO:<a@b.test>", "a@b.test"),
    ("RCPT TO:<Postmaster>", "Postmaster"),
    ("MAIL FROM:<>", ""),
  ]

  @Test(arguments: accepted) func `Paths are read`(line: String, path: String) {
    switch SMTPCommand(Array(line.utf8)) {
    case .mail(let sender, _): check(sender?.text ?? [], Array(path.utf8), line)
    case .rcpt(let recipient, _): check(recipient.text, Array(path.utf8), line)
    case let other: Issue.record("\(line): \(other)")
    }
  }

  static let faulty: [(String, SyntaxFault)] = [
    ("MAIL FROM:a@b.test", .address), ("MAIL FROM:<a@b.test", .address),
    ("MAIL FROM:<a@b..test>", .address), ("MAIL FROM:<a..b@c.test>", .address),
    ("MAIL FROM:<.a@c.test>", .address), ("MAIL FROM:<a.@c.test>", .address),
    ("MAIL FROM:<a@-b.test>", .address), ("MAIL FROM:<a@b-.test>", .address),
    ("MAIL FROM:<@b.test>", .address), ("MAIL FROM:<a@>", .address),
    ("MAIL FROM:<\"\"@b.test>", .address), ("MAIL FROM:<\"a@b.test>", .address),
    ("MAIL FROM:<a@[127.0.0.1>", .address), ("MAIL FROM:<a b@c.test>", .address),
    ("MAIL FROM:<Postmaster>", .address), ("RCPT TO:<>", .address),
    ("RCPT TO:<someone>", .address), ("MAIL TO:<a@b.test>", .arguments),
    ("MAIL FROM:<a@b.test>SIZE=1", .arguments), ("MAIL FROM:<a@b.test> SIZE=x", .arguments),
    ("MAIL FROM:<a@b.test> SIZE=99999999999999999999", .arguments),
    ("MAIL FROM:<a@b.test> SIZE=1 SIZE=2", .arguments),
    ("MAIL FROM:<a@b.test> BODY=9BIT", .arguments),
    ("MAIL FROM:<a@b.test> FOO=1", .unknownParameter),
    ("MAIL FROM:<a@b.test> NOTIFY=NEVER", .unknownParameter),
    ("MAIL FROM:<a@b.test> ENVID=a+0Db", .arguments),
    ("MAIL FROM:<a@b.test> ENVID=a+0", .arguments),
    ("MAIL FROM:<a@b.test> RET=ALL", .arguments),
    ("RCPT TO:<a@b.test> NOTIFY=NEVER,SUCCESS", .arguments),
    ("RCPT TO:<a@b.test> NOTIFY=", .arguments), ("RCPT TO:<a@b.test> ORCPT=x", .arguments),
    ("RCPT TO:<a@b.test> ORCPT=rfc822;a+0Ab", .arguments),
    ("BDAT", .chunkSize), ("BDAT -1", .chunkSize), ("BDAT +5", .chunkSize),
    ("BDAT 0x10", .chunkSize), ("BDAT 18446744073709551616", .chunkSize),
    ("BDAT 5 FIRST", .chunkSize), ("EHLO", .arguments), ("EHLO a b", .arguments),
    ("DATA x", .arguments), ("AUTH", .arguments), ("AUTH PLAIN a b", .arguments),
  ]

  @Test(arguments: faulty) func `Faults are told apart`(line: String, fault: SyntaxFault) {
    check(SMTPCommand(Array(line.utf8)), .malformed(fault), line)
  }

  @Test func `Lengths are those of the standard`() {
    let longest = String(repeating: "x", count: 64)
    let label = String(repeating: "y", count: 63)
    let table = [
      (longest, "b.test", true), (longest + "x", "b.test", false), ("a", label + ".test", true),
      ("a", label + "y.test", false),
      ("a", Array(repeating: label, count: 4).joined(separator: "."), true),
      ("a", Array(repeating: label, count: 5).joined(separator: "."), false),
    ]
    for (local, domain, isRead) in table {
      let command = SMTPCommand(Array("RCPT TO:<\(local)@\(domain)>".utf8))
      if case .rcpt = command {
        check(isRead, "\(local)@\(domain) was read")
      } else {
        check(!isRead, "\(local)@\(domain) was refused")
      }
    }
  }

  @Test func `Parameters are decoded`() {
    let line = "RCPT TO:<a@b.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Bob+2Bx@c.test"
    guard case .rcpt(_, let parameters) = SMTPCommand(Array(line.utf8)) else {
      Issue.record("not read")
      return
    }
    check(parameters.notify, [.success, .delay])
    check(parameters.originalRecipient, Array("rfc822;Bob+x@c.test".utf8))
  }

  @Test func `No octets make the parser trap`() {
    var random = SeededRandom(seed: 11)
    let seeds = Self.accepted.map { Array($0.0.utf8) } + Self.faulty.map { Array($0.0.utf8) }
    for round in 0..<50_000 {
      var line = seeds[round % seeds.count]
      for _ in 0...Int(random.next() % 4) {
        let octet = UInt8(truncatingIfNeeded: random.next())
        let place = Int(random.next() % UInt64(line.count + 1))
        if random.next() % 2 == 0 || place == line.count {
          line.insert(octet, at: place)
        } else {
          line[place] = octet
        }
      }
      _ = SMTPCommand(line)
    }
  }
}
