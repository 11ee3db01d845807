import Events
import Platform
import TestKit
import Testing

@testable import POP

@Suite struct POPDialogueTests {
  static let policy = POPPolicy(
    hostName: "mx.test", offersTLS: true, encryptedMechanisms: ["SCRAM-SHA-256", "PLAIN"],
    clearMechanisms: ["SCRAM-SHA-256"], mostBadCommands: 5, mostFailedSignIns: 2)
  static let mailbox = MailboxID(rawValue: ID(high: 9, low: 9))

  static func maildrop(_ sizes: UInt64...) -> Maildrop {
    Maildrop(
      mailbox: mailbox, uidValidity: 77,
      entries: sizes.enumerated().map { .init(uid: UID(UInt32($0 * 2 + 1)), size: $1) })
  }

  private func text(_ action: POPAction) -> String {
    switch action {
    case .reply(let reply): String(decoding: reply.bytes.dropLast(2), as: UTF8.self)
    default: "\(action)"
    }
  }

  @Test func theMarksAreThoseOfOneSession() {
    var dialogue = POPDialogue(Self.policy, isEncrypted: true)
    check(dialogue.hear(.stat), .reply(.signInFirst))
    check(dialogue.signedIn(Self.maildrop(10, 200, 3_000)), .ok("3 messages, 3210 octets"))
    check(text(dialogue.hear(.stat)), "+OK 3 3210")
    check(dialogue.hear(.dele(2)), .reply(.marked))
    for command in [POPCommand.dele(2), .retr(2), .top(2, lines: 1), .list(2), .uidl(2), .dele(0)] {
      check(dialogue.hear(command), .reply(.noMessage), "\(command)")
    }
    check(dialogue.hear(.retr(4)), .reply(.noMessage))
    check(dialogue.hear(.retr(.max)), .reply(.noMessage))
    check(text(dialogue.hear(.stat)), "+OK 2 3010")
    check(text(dialogue.hear(.uidl(3))), "+OK 3 77.5")
    check(text(dialogue.hear(.list(3))), "+OK 3 3000")
    check(dialogue.hear(.quit), .update(Self.mailbox, UIDSet(UID(3))))
    check(text(dialogue.hear(.rset)), "+OK 3 messages, 3210 octets")
    check(dialogue.hear(.quit), .hangUp(.bye))
    check(
      dialogue.hear(.top(2, lines: 7)),
      .retrieve(.init(uid: UID(3), size: 200), bodyLines: 7))
    check(dialogue.hear(.user([1])), .reply(.signedInAlready))
  }

  @Test func passwordsGoOverTLSAndBehindAName() {
    var dialogue = POPDialogue(Self.policy, isEncrypted: false)
    check(dialogue.hear(.user([97])), .reply(.needsEncryption))
    check(dialogue.hear(.pass([98])), .reply(.needsEncryption))
    check(dialogue.hear(.stls), .startTLS(.beginTLS))
    dialogue.startedTLS()
    check(dialogue.hear(.stls), .reply(.noTLS))
    check(dialogue.hear(.pass([98])), .reply(.userFirst))
    check(dialogue.hear(.user([97])), .reply(.sendPassword))
    check(dialogue.hear(.noop), .reply(.signInFirst))
    check(dialogue.hear(.pass([98])), .reply(.userFirst), "another command came between")
    check(dialogue.hear(.user([97])), .reply(.sendPassword))
    check(dialogue.hear(.pass([98])), .checkPassword(name: [97], password: [98]))
    check(dialogue.signInFailed(.refused), .reply(.refused))
    check(dialogue.signInFailed(.refused), .hangUp(.tooManySignIns))
  }

  @Test func badCommandsEndTheConnectionAtTheLimit() {
    var dialogue = POPDialogue(Self.policy, isEncrypted: true)
    for _ in 1...4 { check(dialogue.hear(.unknown), .reply(.unknown)) }
    check(dialogue.hear(.malformed), .hangUp(.tooManyBad))
    _ = dialogue.signedIn(Self.maildrop())
    for _ in 1...100 {
      check(dialogue.hear(.malformed), .reply(.malformed))
      check(dialogue.hear(.noop), .reply(.fine), "a good one in between starts anew")
    }
  }

  @Test(arguments: [1, 2, 3]) func countsStayThoseOfTheUnmarked(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var dialogue = POPDialogue(Self.policy, isEncrypted: true)
    _ = dialogue.signedIn(Self.maildrop(1, 2, 4, 8, 16, 32, 64, 128))
    var marked: UInt64 = 0
    for _ in 0..<2_000 {
      let number = UInt64.random(in: 0...9, using: &random)
      if Int.random(in: 0..<20, using: &random) == 0 {
        _ = dialogue.hear(.rset)
        marked = 0
      } else if dialogue.hear(.dele(number)) == .reply(.marked) {
        marked |= 1 << (number - 1)
      }
      let left = 255 ^ marked
      check(text(dialogue.hear(.stat)), "+OK \(left.nonzeroBitCount) \(left)")
    }
  }
}
