import TestKit
import Testing

@testable import IMAP

@Suite struct ModifiedUTF7Tests {
  /// RFC 3501 §5.1.3 and what must not have a second spelling.
  @Test func `names have exactly one encoding`() {
    let pairs: [(String, String)] = [
      ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
      ("Entwürfe", "Entw&APw-rfe"), ("A&B", "A&-B"), ("&", "&-"), ("", ""), ("😀", "&2D3eAA-"),
      ("Gelöschte Objekte", "Gel&APY-schte Objekte"), ("é&è", "&AOk-&-&AOg-"), ("éà", "&AOkA4A-"),
    ]
    for (name, wire) in pairs {
      check(String(decoding: ModifiedUTF7.encode(name), as: UTF8.self), wire, name)
      check(ModifiedUTF7.decode(Array(wire.utf8)), name, wire)
    }
  }

  @Test func `other spellings are no names`() {
    let wires = [
      "&", "&AOk", "&A-", "&AO-", "&AOk=-", "&AOl-&AOk-x&", "&AC4ALgAv-x", "&AEE-", "&2D0-",
      "&3gA-", "&AOk-&AOg-", "Entw\u{fc}rfe", "a\u{0}b", "a\rb", "&AOkA-", "&\u{e9}-", "&AOk/-",
      "&AAA-\n", "&AOl-", "& -", "&ACY-",
    ]
    for wire in wires { check(ModifiedUTF7.decode(Array(wire.utf8)), nil, wire) }
  }

  @Test func `ten thousand names come back as they were`() {
    var random = Seeded(1)
    for _ in 0..<10_000 {
      let name = random.text(length: Int.random(in: 0...12, using: &random))
      check(ModifiedUTF7.decode(ModifiedUTF7.encode(name)), name, name)
    }
  }

  @Test func `random bytes never decode to what encodes otherwise`() {
    var random = Seeded(2)
    let alphabet = Array("&-AOk,+/2D3eAA U".utf8)
    for _ in 0..<20_000 {
      let wire = (0..<Int.random(in: 0...10, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      guard let name = ModifiedUTF7.decode(wire) else { continue }
      check(ModifiedUTF7.encode(name), wire, name)
    }
  }
}
