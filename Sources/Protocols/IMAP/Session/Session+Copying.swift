import Events
import State

/// What COPY or MOVE did, as COPYUID tells it. RFC 4315 §3
struct CopiedMessages: Sendable {
  var validity: UInt32 = 0
  /// The messages, and in the same order what they are called in the other mailbox.
  var source: [ClosedRange<UInt32>] = []
  var uids: [ClosedRange<UInt32>] = []

  /// Nil where nothing was copied.
  var code: ResponseCode? {
    source.isEmpty ? nil : .copyUID(validity: validity, from: source, to: uids)
  }
}

extension Session {
  /// Copies or moves messages of the selected mailbox, in as many decisions as it takes.
  ///
  /// A copy that fails in the middle is taken back: all messages are copied or none.
  /// RFC 3501 §6.4.7. A move that fails has moved what it says it has. RFC 6851 §3.3
  func copy(
    _ ranges: [ClosedRange<UInt32>], to argument: MailboxArgument, isMove: Bool
  ) async throws -> CopiedMessages {
    let target = try targetMailbox(argument)
    var copied = CopiedMessages(validity: target.uidValidity)
    do {
      try await copy(UIDSet(ranges), to: target.id, isMove: isMove, into: &copied)
    } catch {
      if isMove, let code = copied.code {
        say { $0.information(code, "Moved so far") }
      } else {
        try await takeBack(copied, from: target.id)
      }
      throw error
    }
    return copied
  }

  /// The mailbox that messages are to be put into; where it is missing the client may make it.
  func targetMailbox(_ argument: MailboxArgument) throws -> Mailbox {
    do {
      return try mailbox(argument)
    } catch is CommandRefused {
      let code: ResponseCode = (try? mailboxName(argument)) == nil ? .cannot : .tryCreate
      throw CommandRefused(.no("No such mailbox", code))
    }
  }

  private func copy(
    _ uids: UIDSet, to target: MailboxID, isMove: Bool, into copied: inout CopiedMessages
  ) async throws {
    let view = try selectedView()
    let user = try signedInUser().id
    var left = uids
    while !left.isEmpty {
      let answer = try await decide(
        CopyMessages(
          user: user, from: view.mailbox, to: target, uids: left, isMove: isMove)
      ).answer
      copied.source += answer.source.numbers
      copied.uids += answer.uids.numbers
      guard let next = answer.next else { return }
      left = left.from(next)
    }
  }

  private func takeBack(_ copied: CopiedMessages, from target: MailboxID) async throws {
    let user = try signedInUser().id
    var left = UIDSet(copied.uids)
    while !left.isEmpty {
      let gone = try await decide(
        ExpungeMessages(
          user: user, mailbox: target, uids: left, onlyDeleted: false, reason: "copy taken back"))
      guard let next = gone.answer.next else { return }
      left = left.from(next)
    }
  }
}
