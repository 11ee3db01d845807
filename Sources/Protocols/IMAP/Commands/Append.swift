import Events
import Ledger
import Network
import Platform
import State

/// APPEND: stores a message of the client's own. RFC 3501 §6.3.11, RFC 7888 §3
struct Append: Command {
  static let verbs: [StaticString] = ["APPEND"]
  static let endsAtLiteral = true

  let mailbox: MailboxArgument
  let flags: FlagList
  /// Seconds since 1970; nil is now.
  let date: Int64?
  /// The message, which has not been read yet.
  let literal: LiteralHeader

  // append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    mailbox = try parser.mailbox()
    try parser.space()
    if try parser.peek() == OctetClass.openList {
      flags = try parser.flagList()
      try parser.space()
    } else {
      flags = FlagList()
    }
    if try parser.peek() == OctetClass.quote {
      date = try parser.dateTime()
      try parser.space()
    } else {
      date = nil
    }
    literal = try parser.literalHeader()
    guard parser.isAtEnd else { throw .malformed("text behind the command") }
  }

  func run(in session: Session) async throws -> Reply? {
    let target: Mailbox
    do {
      target = try session.targetMailbox(mailbox)
      try await session.requireRoom(for: literal.octets)
    } catch {
      try await session.skip(literal)
      throw error
    }
    if literal.isSynchronizing { session.connection.write("+ Go ahead\r\n") }
    let received = try await session.receiveMessage(octets: literal.octets)
    guard let end = try await session.readContinuation(limit: 1_024) else {
      throw ConnectionFailure.endOfInput
    }
    guard end.isEmpty else { return .bad("Nothing may follow the message") }
    let decision = AppendMessage(
      received.parcel, user: try session.signedInUser().id, mailbox: target.id,
      flags: flags.stored, internalDate: date.map { Timestamp(seconds: $0) })
    do {
      let appended = try await session.decide(decision, bodies: received.bodies).answer
      return .ok("Stored", .appendUID(validity: appended.uidValidity, uid: appended.uid.rawValue))
    } catch ScribeError.refused(let refusal) {
      if !received.parcel.travels { await session.service.node.discard(received.parcel.content) }
      throw ScribeError.refused(refusal)
    }
  }
}
