import Events
import Ledger
import Network
import Platform
import State

/// One SMTP conversation, from greeting to QUIT. RFC 5321 §3
///
/// `SMTPDialogue` holds every rule of order and does no I/O; this type carries out its actions. It
/// is confined to its connection's task.
final class SMTPSession {
  let connection: Connection
  let service: SMTPService
  let limits: SMTPLimits
  let id: SessionID
  var dialogue: SMTPDialogue
  /// Who signed in.
  var user: User?
  /// What each recipient that was accepted leads to.
  var named: [[AcceptMessage.Target]] = []
  /// The account of the process that submits, where that is how it is known.
  let account: LocalAccount?
  /// The message that is coming in chunks.
  var chunks: MessageIntake?
  var chunkCheck = LineEndCheck()
  var unknownRecipients = 0
  var messages = 0
  var isOver = false

  init(
    _ connection: Connection, _ service: SMTPService, _ role: SMTPPolicy.Role,
    _ account: LocalAccount? = nil
  ) throws {
    var (policy, limits) = try service.policy(role)
    policy.accountAddress = account?.address.map { String(decoding: $0.text, as: UTF8.self) }
    self.account = account
    self.connection = connection
    self.service = service
    self.limits = limits
    id = SessionID(rawValue: service.node.entropy.timedID(at: service.node.clock.now()))
    dialogue = SMTPDialogue(policy, isEncrypted: connection.isEncrypted)
  }

  /// Serves the connection until one side ends it. Never throws: there is nobody to tell.
  func run() async {
    do {
      if try await spokeEarly() {
        say(.earlyTalker)
      } else {
        say(dialogue.greetingReply)
        while !isOver, let command = try await nextCommand() {
          try await carryOut(dialogue.hear(command), of: command)
        }
      }
    } catch let failure as ConnectionFailure {
      sayGoodbye(after: failure)
    } catch SessionEnd.withoutVerdict {
      connection.close()
    } catch {
      service.report("smtp_error", error)
      say(.storageFull)
    }
    await chunks?.abandon()
    await connection.hangUp()
  }

  func say(_ reply: Reply) {
    connection.write(reply.bytes)
    if !reply.isPositive, reply.code != 421 { connection.tally.badCommands += 1 }
    // Who is told to come again, and does, is no bad client.
    if (450...459).contains(reply.code) { connection.tally.isExcused = true }
  }

  /// Whether the client spoke before it was greeted. RFC 5321 §4.3.1
  private func spokeEarly() async throws(ConnectionFailure) -> Bool {
    do {
      return try await connection.fill(within: .zero)
    } catch .timedOut {
      return false
    }
  }

  /// The next command; a faulty line is one too.
  private func nextCommand() async throws(ConnectionFailure) -> SMTPCommand? {
    while true {
      do {
        let line = try await connection.readCommand(
          limit: SMTPService.longestLine, within: limits.idle)
        guard let line else { return nil }
        let command = SMTPCommand(line)
        if line.count + 2 <= SMTPService.longestCommand { return command }
        if case .auth = command { return command }
        refuse(.lineTooLong)
      } catch {
        guard error.isRecoverable else { throw error }
        if case .lineTooLong = error { refuse(.lineTooLong) } else { refuse(.unknownCommand) }
      }
      if isOver { return nil }
    }
  }

  private func refuse(_ reply: Reply) { finish(dialogue.countError(reply)) }

  /// Ends an action that is nothing but a reply.
  func finish(_ action: SMTPAction) {
    switch action {
    case .reply(let reply): say(reply)
    case .hangUp(let reply):
      say(reply)
      isOver = true
    default: preconditionFailure("an outcome is answered by a reply")
    }
  }

  private func carryOut(_ action: SMTPAction, of command: SMTPCommand) async throws {
    switch action {
    case .reply(let reply): try await answer(reply, to: command)
    case .hangUp: finish(action)
    case .resolve(let path, let parameters): try await resolve(path, parameters)
    case .verify(let path, let asList): try verify(path, asList: asList)
    case .startTLS(let reply): try await startTLS(reply)
    case .authenticate(let mechanism, let response): try await authenticate(mechanism, response)
    case .receiveData(let reply): try await receiveData(reply)
    case .receiveChunk(let size, let last): try await receiveChunk(size, last)
    case .dropChunk(let size, let reply):
      if chunks != nil { await dropMessage() }
      try await connection.discard(size, within: SMTPLimits.dataTime)
      guard case .bdat(_, last: true) = command, !named.isEmpty else {
        return finish(dialogue.countError(reply))
      }
      conclude(named.map { _ in reply })
      named = []
    }
  }

  private func answer(_ reply: Reply, to command: SMTPCommand) async throws {
    switch command {
    case .mail(let sender, _) where reply.isPositive:
      named = []
      guard let fault = try fault(of: sender) else { return say(reply) }
      finish(dialogue.heard(senderRefused: fault))
    case .rset, .ehlo, .helo, .lhlo:
      named = []
      await dropMessage()
      say(reply)
    case .data where !reply.isPositive && connection.hasBufferedInput:
      // What follows was meant as a message: none of it may be read as commands. RFC 2920 §3.1
      finish(.hangUp(reply))
    default: say(reply)
    }
  }

  private func startTLS(_ reply: Reply) async throws {
    guard let tls = service.tls, !connection.hasBufferedInput else {
      say(.pipelinedTLS)
      isOver = true
      return
    }
    say(reply)
    try await connection.startTLS(tls, within: .seconds(30))
    user = nil
    named = []
    dialogue.heardHandshake()
  }

  private func sayGoodbye(after failure: ConnectionFailure) {
    switch failure {
    case .stopping: say(.shuttingDown)
    case .timedOut: say(.idle)
    default: break
    }
  }
}

/// Ends a session in which no reply may be given.
enum SessionEnd: Error { case withoutVerdict }
