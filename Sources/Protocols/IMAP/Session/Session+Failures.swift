import Events
import Ledger
import Network

extension Session {
  /// The reply that an error of a command becomes. What ends the session is thrown on.
  ///
  /// `ScribeError.stopped` gives no verdict: the outcome of the change is unknown, so the
  /// connection is dropped without a reply.
  func reply(to error: any Error) throws -> Reply {
    switch error {
    case let refusal as Refusal: return Session.reply(to: refusal)
    case ScribeError.refused(let refusal): return Session.reply(to: refusal)
    case ScribeError.unavailable: return .no("Not now, try again later", .unavailable)
    case let refused as CommandRefused: return refused.reply
    case let failure as ConnectionFailure where failure.isRecoverable:
      return .bad("The line is too long or malformed")
    case is ConnectionFailure, is CancellationError, is ScribeError: throw error
    default:
      service.report(error)
      return .no("The server could not do it", .unavailable)
    }
  }

  /// The one place where refusals get their codes. RFC 5530 §3
  static func reply(to refusal: Refusal) -> Reply {
    switch refusal {
    case .notFound: .no("No such mailbox", .nonExistent)
    case .alreadyExists: .no("The mailbox exists already", .alreadyExists)
    case .overQuota: .no("The mailbox is full", .plain(.overQuota))
    case .limitReached: .no(refusal.description, .limit)
    case .tooLarge: .no(refusal.description, .tooBig)
    case .inUse: .no("In use", .plain(.inUse))
    case .forbidden, .disabled: .no("Not permitted", .plain(.noPermission))
    case .conflict: .no("Changed at the same time, try again", .plain(.inUse))
    case .invalid, .awaits: .no(refusal.description, .cannot)
    }
  }
}

/// A command that cannot be carried out, and what the client is told.
struct CommandRefused: Error {
  let reply: Reply

  init(_ reply: Reply) { self.reply = reply }

  static let noMailbox = CommandRefused(.no("No such mailbox", .nonExistent))
  static let badName = CommandRefused(.no("That is no name for a mailbox", .cannot))
  static let noSuchMessage = CommandRefused(.bad("No message has that number"))
  static let readOnly = CommandRefused(.no("The mailbox was opened read-only", .cannot))
  static let expunged = CommandRefused(
    .no("Some of the messages are gone", .plain(.expungeIssued)))
}
