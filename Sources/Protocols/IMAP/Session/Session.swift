import Events
import Network
import Platform
import State

/// One IMAP conversation, from greeting to hang-up. RFC 3501 §3
///
/// `Dialogue` holds the rules of order and each command its own work; this type reads, answers and
/// remembers. It is confined to its connection's task, and an idle one holds no buffers.
final class Session {
  let connection: Connection
  let service: IMAPService
  let limits: SessionLimits
  let id: SessionID
  var dialogue: Dialogue
  /// Who signed in.
  var user: SessionUser?
  /// The selected mailbox as this session numbers it.
  var view: MailboxView?
  /// Of the command that runs.
  private(set) var tag: [UInt8] = []
  /// When it was last asked whether the user has access, and how far the journal had come then.
  var accessChecked: (at: UInt64, head: Position) = (0, .zero)

  init(_ connection: Connection, _ service: IMAPService, _ limits: SessionLimits) {
    self.connection = connection
    self.service = service
    self.limits = limits
    id = SessionID(rawValue: service.node.entropy.id())
    dialogue = Dialogue(
      isEncrypted: connection.isEncrypted, offersTLS: service.tls != nil,
      mostBadCommands: limits.badCommands, mostFailedSignIns: limits.signInAttempts)
  }

  /// Serves the connection until one side ends it. Never throws: there is nobody to tell.
  func run() async {
    do {
      greet()
      while dialogue.stage != .logout, let input = try await readCommand() {
        try await answer(input)
      }
    } catch let failure as ConnectionFailure {
      sayGoodbye(after: failure)
    } catch {
      service.report(error)
    }
  }

  /// Writes untagged or continuation responses; they leave before the session next waits.
  func say(_ body: (inout ResponseWriter) -> Void) {
    var writer = ResponseWriter()
    body(&writer)
    connection.write(writer.octets)
  }

  /// Writes one response for each value, waiting for the client to take them where it is slow.
  func say<Value>(
    _ values: [Value], _ body: (inout ResponseWriter, Value) -> Void
  ) async throws(ConnectionFailure) {
    for start in stride(from: 0, to: values.count, by: IMAPService.largestBlock) {
      say { writer in
        for value in values[start...].prefix(IMAPService.largestBlock) { body(&writer, value) }
      }
      try await connection.drain()
    }
  }

  /// Says `* BYE` and ends the session once it has been sent.
  func sayBye(_ text: String) {
    say { writer in
      writer.raw("* BYE ")
      writer.text(text)
      writer.endLine()
    }
    dialogue.loggedOut()
  }

  private func greet() {
    say { writer in
      writer.raw("* OK ")
      writer.code(.capability(capabilities))
      writer.text("\(service.hostName()) Daybook ready")
      writer.endLine()
    }
  }

  /// What can be done now.
  var capabilities: String {
    Capabilities.text(
      dialogue, mechanisms: service.mechanisms(isEncrypted: dialogue.isEncrypted))
  }

  /// How long the session waits for the client.
  var patience: Duration {
    dialogue.stage == .notAuthenticated ? limits.signInTime : limits.idleTime
  }

  private func answer(_ input: Input) async throws {
    tag = input.tag
    guard try hasAccess() else { return sayBye("Access was withdrawn") }
    var reply: Reply?
    switch input.content {
    case .command(let command): reply = try await perform(command)
    case .refused(let refusal): reply = refusal
    case .hopeless(let why): return sayBye(why)
    }
    guard let reply else { return }
    say { $0.reply(reply, tag: input.tag) }
    if reply.condition == .bad { connection.tally.badCommands += 1 }
    if dialogue.heard(reply.condition) { sayBye("Too many bad commands") }
  }

  /// Runs a command, and then sends the updates it allows, which stand before its reply.
  private func perform(_ command: any Command) async throws -> Reply? {
    var reply: Reply?
    do {
      reply = try await command.run(in: self)
    } catch {
      reply = try self.reply(to: error)
    }
    do {
      try await update(command.updates)
    } catch {
      reply = try self.reply(to: error)
    }
    return reply
  }

  private func sayGoodbye(after failure: ConnectionFailure) {
    switch failure {
    case .timedOut: sayBye("Idle for too long")
    case .stopping: sayBye("The server is shutting down")
    case .flooded: sayBye("[TOOBIG] Too much at once")
    default: return
    }
  }
}
