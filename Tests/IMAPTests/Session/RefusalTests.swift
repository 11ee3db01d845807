import Events
import Ledger
import Network
import Platform
import State
import TestKit
import Testing

@testable import IMAP

/// What a session says when it may not, cannot or must not.
@Suite struct RefusalTests {
  /// S20: no overshoot, and what is deleted is free again.
  @Test func `a full mailbox takes no more until something is deleted`() async throws {
    try await Cell.run { cell in
      try await cell.set(.user(cell.users[0]), Settings.mailboxSize.key, "1")
      let client = try await cell.connect()
      try await client.act("login")
      let mail = Array(repeating: UInt8(ascii: "x"), count: 400_000)
      for expected in ["OK [APPENDUID", "OK [APPENDUID", "NO [OVERQUOTA]"] {
        let reply = try await client.append(mail)
        check(reply.hasPrefix(expected), reply)
      }
      try await client.act("select INBOX")
      let copied = try await client.exchange("COPY 1 Archive").tagged
      check(copied.hasPrefix("NO [OVERQUOTA]"), copied)
      let both = try await client.exchange("COPY 1:2 Archive").tagged
      check(both.hasPrefix("NO [OVERQUOTA]"), both)
      check(
        try await client.command("STATUS Archive (MESSAGES)"), ["* STATUS Archive (MESSAGES 0)"])
      try await client.command("MOVE 1 Trash")
      try await client.act("select Trash")
      try await client.command("STORE 1 +FLAGS.SILENT (\\Deleted)")
      try await client.command("EXPUNGE")
      check(try await client.append(mail).hasPrefix("OK"), "after the expunge")
    }
  }

  @Test func `a message over the domain's limit is refused before it is sent`() async throws {
    try await Cell.run { cell in
      try await cell.set(.domain(cell.domain), Settings.messageSize.key, "1")
      let client = try await cell.connect()
      try await client.act("login")
      let reply = try await client.exchange("APPEND INBOX {1025}").tagged
      check(reply.hasPrefix("NO [TOOBIG]"), reply)
      check(try await client.append(Array(repeating: 0x41, count: 1_024)).hasPrefix("OK"), "1 KiB")
      let unasked = try await client.append(Array(repeating: 0x41, count: 300_000))
      check(unasked.hasPrefix("NO [TOOBIG]"), unasked)
    }
  }

  /// I8: whoever is disabled has no session left.
  @Test(arguments: ["user.disabled", "service.imap"])
  func `access that is withdrawn ends sessions, idle ones too`(_ key: String) async throws {
    try await Cell.run { cell in
      let working = try await cell.connect()
      try await working.act("login")
      try await working.act("mail simple")
      try await working.act("select INBOX")
      let idle = try await cell.connect()
      try await idle.act("login")
      try await idle.act("select INBOX")
      try await idle.send(Array("i IDLE\r\n".utf8))
      check(try await idle.receiveLine() ?? [], Array("+ Waiting for changes".utf8))
      let target = SettingTarget.user(cell.users[0])
      try await cell.set(target, key, key == "user.disabled" ? "on" : "off")
      try await working.send(Array("a FETCH 1:* FLAGS\r\n".utf8))
      let bye = String(decoding: try await working.receiveLine() ?? [], as: UTF8.self)
      check(bye.hasPrefix("* BYE"), bye)
      check(try await working.receiveLine(), nil)
      try await cell.flag()
      let last = String(decoding: try await idle.receiveLine() ?? [], as: UTF8.self)
      check(last.hasPrefix("* BYE"), last)
      check(try await idle.receiveLine(), nil)
    }
  }

  /// DESIGN §3: no verdict is given where none is known.
  @Test func `a change without a verdict gets no reply`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      await cell.node.scribe.stop()
      try await client.send(Array("a CREATE x\r\n".utf8))
      check(try await client.receiveLine(), nil)
    }
  }

  @Test func `a server that stops says goodbye`() async throws {
    try await Cell.run { cell in
      let client = try await cell.connect()
      try await client.act("login")
      async let stopped: Void = cell.listeners.stop(grace: .seconds(10))
      let bye = String(decoding: try await client.receiveLine() ?? [], as: UTF8.self)
      check(bye.hasPrefix("* BYE"), bye)
      check(try await client.receiveLine(), nil)
      await stopped
    }
  }

  @Test func `refusals have the codes of their standards`() {
    let rows: [(Refusal, String)] = [
      (.notFound(what: "x"), "NO [NONEXISTENT]"), (.alreadyExists(what: "x"), "NO [ALREADYEXISTS]"),
      (.overQuota(limit: 1, used: 1), "NO [OVERQUOTA]"),
      (.limitReached(setting: "s", limit: 1, used: 1), "NO [LIMIT]"),
      (.tooLarge(what: "x", limit: 1), "NO [TOOBIG]"), (.inUse(what: "x"), "NO [INUSE]"),
      (.forbidden(what: "x"), "NO [NOPERM]"), (.disabled(what: "x"), "NO [NOPERM]"),
      (.conflict(what: "x"), "NO [INUSE]"), (.awaits(what: "x", feature: "y"), "NO [CANNOT]"),
      (.invalid(what: "x\r\n* BYE", why: "y"), "NO [CANNOT]"),
    ]
    for (refusal, code) in rows {
      var writer = ResponseWriter()
      writer.reply(Session.reply(to: refusal), tag: [0x61])
      let line = String(decoding: writer.take(), as: UTF8.self)
      check(line.hasPrefix("a \(code) "), line)
      check(line.utf8.count { $0 == 10 }, 1, "lines")
    }
  }
}
