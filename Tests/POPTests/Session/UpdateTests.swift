import Events
import Ledger
import Platform
import State
import Synchronization
import TestKit
import Testing

@testable import POP

/// What is removed, when, and what a session sees of it.
@Suite struct UpdateTests {
  @Test func whoHangsUpRemovesNothingAndLetsTheNextOneIn() async throws {
    try await POPCell.run { cell in
      try await cell.fill()
      let first = try await cell.signedIn()
      check(try await first.ask("DELE 1"), "+OK Marked as deleted")
      let second = try await cell.greeted()
      check(try await second.signIn(), "-ERR [IN-USE] Another session has the maildrop open")
      await first.close()
      let answer = try await cell.signInWithinASecond(second)
      check(answer.hasPrefix("+OK 3 "), "within a second: \(answer)")
      check(try cell.expunged(), [])
      await second.close()
    }
  }

  @Test func quitRemovesWithAReceiptAndTheOthersKeepTheirNames() async throws {
    try await POPCell.run { cell in
      try await cell.fill()
      let first = try await cell.signedIn()
      let names = try await first.lines("UIDL")
      check(names.count, 3)
      check(try await first.ask("DELE 2"), "+OK Marked as deleted")
      check(try await first.ask("QUIT"), "+OK Bye")
      check(try cell.expunged(), [UID(2)])
      let second = try await cell.signedIn()
      let left = try await second.lines("UIDL")
      let bare = [names[0], names[2]].map { $0.split(separator: " ")[1] }
      check(left, ["1 \(bare[0])", "2 \(bare[1])"])
      await second.close()
    }
  }

  @Test func namesOutliveARestartAndARebuild() async throws {
    let scratch = try ScratchDirectory()
    let names = Names()
    for round in 0..<3 {
      if round == 2 { try Directory.removeTree(scratch.path("data/state")) }
      try await POPCell.run(in: scratch) { cell in
        if round == 0 { try await cell.fill() }
        let client = try await cell.signedIn()
        names.add(try await client.lines("UIDL"))
        names.add(try await client.lines("LIST"))
        await client.close()
      }
    }
    check(names.all.count, 6)
    check(names.all[0].count, 3)
    check(Array(names.all[2...3]), Array(names.all[0...1]), "after a restart")
    check(Array(names.all[4...5]), Array(names.all[0...1]), "after a rebuild")
  }

  @Test func manyMessagesAreListedAndRemovedInSeries() async throws {
    try await POPCell.run { cell in
      try await cell.append("Subject: many\r\n\r\n")
      for _ in 0..<12 { try await cell.double() }
      let client = try await cell.signedIn()
      check(try await client.ask("STAT"), "+OK 4096 \(4_096 * 17)")
      let names = try await client.lines("UIDL")
      check(Set(names.map { $0.split(separator: " ")[1] }).count, 4_096)
      check(try await client.lines("LIST").last, "4096 17")
      var commands: [UInt8] = []
      for number in 1...4_096 where number != 7 { commands += "DELE \(number)\r\n".utf8 }
      try await client.send(commands)
      for _ in 1...4_095 { check(try await client.line(), "+OK Marked as deleted") }
      check(try await client.lines("LIST"), ["7 17"])
      check(try await client.ask("QUIT"), "+OK Bye")
      check(try cell.expunged().count, 4_095)
      let again = try await cell.signedIn()
      check(try await again.lines("UIDL"), ["1 " + names[6].split(separator: " ")[1]])
      await again.close()
    }
  }

  @Test func withoutAReceiptQuitIsNotAnswered() async throws {
    try await POPCell.run { cell in
      try await cell.fill()
      let client = try await cell.signedIn()
      check(try await client.ask("DELE 1"), "+OK Marked as deleted")
      await cell.node.scribe.stop()
      try await client.send(Array("QUIT\r\n".utf8))
      check(try await client.receiveLine(), nil)
      check(try cell.expunged(), [])
    }
  }

  @Test func whatAnotherProtocolRemovedIsToldAsGone() async throws {
    try await POPCell.run { cell in
      try await cell.fill()
      let client = try await cell.signedIn()
      let expunge = ExpungeMessages(
        user: cell.user, mailbox: cell.inbox, uids: UIDSet(UID(1)), onlyDeleted: false)
      _ = try await cell.node.scribe.perform(expunge, origin: POPCell.operator0)
      check(try await client.ask("RETR 1"), "-ERR That message is gone")
      check(try await client.ask("STAT"), "+OK 3 172")
      check(try await client.ask("DELE 1"), "+OK Marked as deleted")
      check(try await client.ask("DELE 3"), "+OK Marked as deleted")
      check(try await client.ask("QUIT"), "+OK Bye")
      check(try cell.expunged(), [UID(3)])
    }
  }
}

/// What sessions of several servers told.
private final class Names: Sendable {
  private let lists = Mutex<[[String]]>([])
  var all: [[String]] { lists.withLock { $0 } }
  func add(_ lines: [String]) { lists.withLock { $0.append(lines) } }
}
