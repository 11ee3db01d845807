import MailFormat
import TestKit
import Testing

/// Addresses as they are written, and the four parts of each. RFC 5322 §3.4, RFC 3501 §7.4.2
@Suite struct AddressTests {
  /// `name|route|mailbox|host`, with `-` for nil.
  static let table: [(field: String, expected: [String])] = [
    ("ann@one.test", ["-|-|ann|one.test"]),
    (" ann@one.test , bob@two.test ", ["-|-|ann|one.test", "-|-|bob|two.test"]),
    ("Ann Example <ann@one.test>", ["Ann Example|-|ann|one.test"]),
    ("\"Example, Ann\" <ann@one.test>", ["Example, Ann|-|ann|one.test"]),
    ("\"a \\\"b\\\\\" <ann@one.test>", ["a \"b\\|-|ann|one.test"]),
    ("Ann\tX.\r\n Example<ann@one.test>", ["Ann X. Example|-|ann|one.test"]),
    ("ann@one.test (Ann Example)", ["Ann Example|-|ann|one.test"]),
    ("(before) ann@one.test", ["before|-|ann|one.test"]),
    ("Ann (nick) <ann@one.test> (after)", ["Ann|-|ann|one.test"]),
    ("<ann@one.test> (only (nested \\) paren))", ["only (nested ) paren)|-|ann|one.test"]),
    ("\"ann example\"@one.test", ["-|-|ann example|one.test"]),
    ("ann . example @ one . test", ["-|-|ann.example|one.test"]),
    ("ann@[192.0.2.1]", ["-|-|ann|[192.0.2.1]"]),
    ("ann@[IPv6:2001:db8::1]", ["-|-|ann|[IPv6:2001:db8::1]"]),
    ("<@a.test,@b.test:ann@one.test>", ["-|@a.test,@b.test|ann|one.test"]),
    ("<,@a.test,,@b.test:ann@one.test>", ["-|@a.test,@b.test|ann|one.test"]),
    ("<@one.test>", ["-|-||one.test"]),
    (
      "Team: ann@one.test, Bob <bob@two.test>;",
      ["-|-|Team|-", "-|-|ann|one.test", "Bob|-|bob|two.test", "-|-|-|-"]
    ),
    ("undisclosed-recipients:;", ["-|-|undisclosed-recipients|-", "-|-|-|-"]),
    ("\"My Team\":ann@one.test", ["-|-|My Team|-", "-|-|ann|one.test", "-|-|-|-"]),
    (
      "A: a@one.test; , B:; c@one.test",
      ["-|-|A|-", "-|-|a|one.test", "-|-|-|-", "-|-|B|-", "-|-|-|-", "-|-|c|one.test"]
    ),
    // What is no address is understood as far as it goes.
    ("", []), (" , ,; ,", []), ("<>", []), ("()", []), ("(only a comment)", []),
    ("postmaster", ["-|-|postmaster|"]),
    ("Ann Example", ["Ann Example|-||"]),
    ("Ann <ann>", ["Ann|-|ann|"]),
    ("Ann <>", ["Ann|-||"]),
    ("Ann Example ann@one.test", ["Ann Example|-|ann|one.test"]),
    ("ann@one.test <ann@one.test>", ["ann@one.test|-|ann|one.test"]),
    ("a@b@one.test", ["-|-|a@b|one.test"]),
    ("Ann <ann@one.test", ["Ann|-|ann|one.test"]),
    ("Ann <ann@one.test, bob@two.test", ["Ann|-|ann|one.test", "-|-|bob|two.test"]),
    ("<ann@one.test> <bob@two.test>", ["-|-|ann|one.test", "-|-|bob|two.test"]),
    ("ann@one.test bob", ["-|-|ann|one.test"]),
    ("\"unclosed <ann@one.test>, bob@two.test", ["-|-|unclosed <ann@one.test>, bob@two.test|"]),
    ("ann@one.test (unclosed, bob@two.test", ["unclosed, bob@two.test|-|ann|one.test"]),
    ("ann@one.test, (", ["-|-|ann|one.test"]),
    ("ann@", ["-|-|ann|"]), ("@", ["-|-||"]), ("@one.test", ["-|-||one.test"]),
    ("a:b:c@one.test;", ["-|-|a|-", "b|-|c|one.test", "-|-|-|-"]),
    (".ann..x.@one.test.", ["-|-|.ann..x.|one.test."]),
    ("[x] <ann@one.test>", ["[x]|-|ann|one.test"]),
    (">>ann@one.test<<", ["ann@one.test|-||"]),
    ("=?utf-8?q?J=C3=BCrgen?= <j@one.test>", ["=?utf-8?q?J=C3=BCrgen?=|-|j|one.test"]),
    ("Jürgen <jürgen@bücher.test>", ["Jürgen|-|jürgen|bücher.test"]),
    ("\"a\0\r\nb\" <x\0@one.test>", ["a  b|-|x|one.test"]),
  ]

  @Test func everyFormIsRead() {
    for (field, expected) in AddressTests.table {
      let found = MailAddress.list([UInt8](field)).map { address in
        [address.name, address.route, address.mailbox, address.host]
          .map { $0?.text ?? "-" }.joined(separator: "|")
      }
      check(found, expected, field)
    }
  }

  @Test func aLimitEndsTheListButClosesTheGroup() {
    let many = [UInt8]("G: " + String(repeating: "a@b.test, ", count: 100) + ";")
    let list = MailAddress.list(many, limit: 10)
    check(list.count, 11, "members and the end of the group")
    check(list.last, .groupEnd, "the end of the group")
  }

  /// What the composer writes is read as what it was made from.
  @Test func composedAddressesReadTheSame() {
    let addresses = AddressTests.table.flatMap { MailAddress.list([UInt8]($0.field)) }
      .filter { $0.mailbox?.isEmpty == false && $0.host?.isEmpty == false }
    for address in addresses where !address.isGroupStart {
      var composer = HeaderComposer()
      composer.add("To", addresses: [address])
      let header = HeaderBlock(composer.octets)
      var plain = address
      plain.route = nil
      var read = MailAddress.list(header.value("To") ?? [])
      if read.count == 1 { read[0].name = read[0].name.map(EncodedWords.decode) }
      check(read, [plain], composer.octets.text)
    }
  }
}
