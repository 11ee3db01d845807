import Events
import Network
import Platform
import State

/// One POP3 conversation, from greeting to hang-up. RFC 1939 §3
///
/// `POPDialogue` holds every rule of order and does no I/O; this type carries out its actions. It
/// is confined to its connection's task.
final class POPSession {
  let connection: Connection
  let service: POPService
  let id: SessionID
  var dialogue: POPDialogue
  /// Whose maildrop is open, once it is.
  var user: SessionUser?
  /// Held from sign-in to the end.
  var lock: MaildropLock?
  private(set) var isOver = false
  private let limits: POPLimits
  /// When who has not signed in is hung up on.
  private let signInDeadline: UInt64

  init(
    _ connection: Connection, _ service: POPService, _ policy: POPPolicy, _ limits: POPLimits
  ) {
    self.connection = connection
    self.service = service
    self.limits = limits
    id = SessionID(rawValue: service.node.entropy.timedID(at: service.node.clock.now()))
    dialogue = POPDialogue(policy, isEncrypted: connection.isEncrypted)
    signInDeadline = connection.loop.deadline(after: limits.signIn)
  }

  /// Serves the connection until one side ends it. Never throws: there is nobody to tell.
  ///
  /// Who is idle, or loses the connection, is told nothing, and nothing is removed. RFC 1939 §3
  func run() async {
    do {
      say(dialogue.greeting)
      while !isOver, let action = try await nextAction() { try await carryOut(action) }
    } catch {
      end(after: error)
    }
    lock = nil
    await connection.hangUp()
  }

  /// What was said before may still reach a client that was idle; any other is hung up on at once,
  /// so that a part of a message never looks like the whole.
  private func end(after error: any Error) {
    switch error {
    case ConnectionFailure.timedOut, ConnectionFailure.stopping: return
    case is ConnectionFailure, is SessionEnd: break
    default: service.report(error)
    }
    connection.close()
  }

  func say(_ reply: Reply) {
    connection.write(reply.bytes)
    if !reply.isPositive { connection.tally.badCommands += 1 }
  }

  /// Replies, and ends the session behind it.
  func sayLast(_ reply: Reply) {
    say(reply)
    isOver = true
  }

  /// How long the client may take for what it sends next.
  var patience: Duration {
    guard user == nil else { return limits.idle }
    let now = connection.loop.now
    let left = Duration.nanoseconds(Int64(clamping: signInDeadline - min(now, signInDeadline)))
    return min(left, limits.idle)
  }

  /// What the next line asks for; a faulty one is refused. Nil where the client has hung up.
  private func nextAction() async throws(ConnectionFailure) -> POPAction? {
    do {
      let line = try await connection.readCommand(
        limit: POPSession.longestLine, within: patience)
      guard let line else { return nil }
      let command = POPParser.parse(line)
      if case .auth = command { return dialogue.hear(command) }
      guard line.count + 2 <= POPLimits.command else { return dialogue.refuse(.badLine) }
      return dialogue.hear(command)
    } catch {
      guard error.isRecoverable else { throw error }
      return dialogue.refuse(.badLine)
    }
  }

  func carryOut(_ action: POPAction) async throws {
    switch action {
    case .reply(let reply): say(reply)
    case .lines(let reply, let lines): say(reply, lines)
    case .startTLS(let reply): try await startTLS(reply)
    case .checkPassword(let name, let password): try await checkPassword(name, password)
    case .authenticate(let mechanism, let response):
      try await authenticate(mechanism, response)
    case .list(let listing, let maildrop): try await list(listing, maildrop)
    case .retrieve(let entry, let lines): try await retrieve(entry, bodyLines: lines)
    case .update(let mailbox, let uids): try await update(mailbox, removing: uids)
    case .hangUp(let reply): sayLast(reply)
    }
  }

  private func say(_ reply: Reply, _ lines: [String]) {
    say(reply)
    for line in lines { connection.write(line + "\r\n") }
    connection.write(".\r\n")
  }

  /// What came in clear behind STLS is never answered. RFC 2595 §4
  private func startTLS(_ reply: Reply) async throws(ConnectionFailure) {
    guard let tls = service.tls, !connection.hasBufferedInput else {
      return sayLast(.pipelinedTLS)
    }
    say(reply)
    try await connection.startTLS(tls, within: POPLimits.handshake)
    dialogue.startedTLS()
  }
}

/// Ends a session in which no reply may be given any more.
struct SessionEnd: Error {}
