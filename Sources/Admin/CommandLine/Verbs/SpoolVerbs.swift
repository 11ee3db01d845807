import Control
import Events
import Ledger
import Platform
import State

private enum SpoolOptions {
  static let filter: [Usage.Option] = [
    .init("--domain", "DOMAIN", "only what this domain answers for"),
    .init("--sender", "TEXT", "only senders that hold it"),
    .init("--recipient", "TEXT", "only with a recipient that holds it"),
    .init("--status", "STATUS", SpoolFilter.Status.allCases.map(\.rawValue).joined(separator: "|")),
  ]

  static func filter(_ call: Call, _ data: DataView) throws -> SpoolFilter {
    var filter = SpoolFilter()
    filter.domain = try call["--domain"].map { try data.domain($0).id }
    filter.sender = call["--sender"] ?? ""
    filter.recipient = call["--recipient"] ?? ""
    filter.status = try choice("--status", call)
    return filter
  }

  /// The value of an option that names one of a few things.
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ option: String, _ call: Call
  ) throws -> Choice? {
    guard let text = call[option] else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw Invocation.Misuse(description: "\(option) is one of \(known), not \"\(text)\"")
    }
    return choice
  }

  static func entry(_ text: String) throws -> Position {
    guard let number = UInt64(text) else {
      throw Invocation.Misuse(description: "an entry of the spool is a number, not \"\(text)\"")
    }
    return Position(number)
  }
}

/// `daybook spool list`.
enum SpoolListVerb: Verb {
  static let usage = Usage(
    "spool list", "List what waits to leave the house.",
    options: SpoolOptions.filter + [
      .init("--waiting", nil, "only what is delivered when it is due"),
      .init("--sort", "ORDER", SpoolOrder.allCases.map(\.rawValue).joined(separator: "|")),
      .init("--limit", "N", "lines of a page (default 50)"),
      .init("--after", "ID", "go on behind this entry, in order of time"),
      .init("--skip", "N", "go on behind so many lines, in any order"), Usage.json,
    ])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    var filter = try SpoolOptions.filter(call, data)
    if call.has("--waiting") { filter.status = .waiting }
    let order: SpoolOrder = try SpoolOptions.choice("--sort", call) ?? .time
    let last = try call["--after"].map(SpoolOptions.entry)
    if last != nil, order != .time {
      throw Invocation.Misuse(description: "--after goes with the order time; use --skip")
    }
    let limit = Int(clamping: try call.invocation.number("--limit") ?? 50)
    let offset = Int(clamping: try call.invocation.number("--skip") ?? 0)
    let now = SystemClock().now()
    let lines = try data.state.read {
      try $0.spoolPage(filter, by: order, after: last, offset: offset, limit: limit)
    }
    let isJSON = call.terminal.isJSON
    call.terminal.show(lines.map { isJSON ? $0.row : $0.cells(at: now) })
    return .success
  }
}

/// `daybook spool show`.
enum SpoolShowVerb: Verb {
  static let usage = Usage(
    "spool show", "Show an entry of the spool: its recipients, attempts and last replies.",
    operands: [.required("ID")], options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let id = try SpoolOptions.entry(call.operand(0) ?? "")
    let found = try data.state.read { view in
      try view.spoolEntry(id).map { entry in
        (try view.spoolLine(entry), try view.spoolRecipients(of: id))
      }
    }
    guard let (line, recipients) = found else {
      throw Refusal.notFound(what: "the entry \(id) of the spool")
    }
    call.terminal.show(line.row)
    if !call.terminal.isJSON { call.terminal.say("") }
    call.terminal.show(recipients.map { $0.row(isLive: line.entry.isLive) })
    return .success
  }
}

/// `daybook spool view`.
enum SpoolViewVerb: Verb {
  static let usage = Usage(
    "spool view", "Print the message of an entry.", operands: [.required("ID")])

  static func run(_ call: Call) async throws -> ExitCode {
    let data = try DataView(call)
    let id = try SpoolOptions.entry(call.operand(0) ?? "")
    let content = try data.state.read { view in
      try view.spoolEntry(id).flatMap { try view.content($0.origin) }
    }
    guard let content else { throw Refusal.notFound(what: "the entry \(id) of the spool") }
    let journal = try data.journal()
    guard let body = content.body,
      let key = content.wraps.lazy.compactMap(journal.keyring.unwrap).first
    else { throw Failure(code: .refused, message: "the message of entry \(id) is erased") }
    var offset: UInt64 = 0
    while offset < content.bodyLength {
      let range = offset..<min(offset + 65_536, content.bodyLength)
      let octets = try journal.content.read(body, dataKey: key, range)
      guard !octets.isEmpty else { break }
      call.terminal.print(octets)
      offset += UInt64(octets.count)
    }
    return .success
  }
}

extension SpoolLine {
  private var status: String {
    if entry.deleted != nil { return "deleted" }
    if entry.isHeld { return "held" }
    if isBegun { return "sending" }
    if isDoubtful { return "in doubt" }
    return entry.attempts == 0 ? "waiting" : "deferred"
  }

  private var sender: String {
    entry.sender.map { $0.isEmpty ? "<>" : String(decoding: $0, as: UTF8.self) } ?? "(erased)"
  }

  /// Everything, for scripts and for one entry.
  var row: Row {
    Row([
      "id": .number(entry.id.rawValue), "sender": .text(sender), "size": .number(entry.size),
      "recipients": .number(UInt64(clamping: entry.recipientCount)),
      "delivered": .number(UInt64(clamping: entry.delivered)),
      "failed": .number(UInt64(clamping: entry.failed)),
      "since": .text(entry.created.description),
      "attempts": .number(UInt64(clamping: entry.attempts)),
      "next": next.map { .text($0.description) } ?? .null, "status": .text(status),
      "priority": .number(UInt64(clamping: entry.priority)),
      "reason": .text(entry.reason.rawValue), "kind": .text(entry.kind.rawValue),
      "message": .text(entry.message.rawValue.description),
      "reply": .text(String(decoding: reply, as: UTF8.self)),
    ])
  }

  /// What fits into a line for people.
  func cells(at now: Timestamp) -> Row {
    let final = entry.delivered + entry.failed
    return Row([
      "id": .number(entry.id.rawValue), "sender": .text(sender), "size": .number(entry.size),
      "done": .text("\(final)/\(entry.recipientCount)"),
      "waits": .text(Self.span(now.since(entry.created))),
      "attempts": .number(UInt64(clamping: entry.attempts)),
      "next": .text(next.map { $0 <= now ? "now" : Self.span($0.since(now)) } ?? "-"),
      "status": .text(status), "priority": .text("\(entry.priority) \(entry.reason.rawValue)"),
    ])
  }

  /// A length of time in its two largest units.
  private static func span(_ time: Duration) -> String {
    let seconds = max(0, time.components.seconds)
    let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
    guard let index = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
    let (size, name) = units[index]
    guard index + 1 < units.count else { return "\(seconds / size) \(name)" }
    let (less, small) = units[index + 1]
    let rest = seconds % size / less
    return rest == 0 ? "\(seconds / size) \(name)" : "\(seconds / size) \(name) \(rest) \(small)"
  }
}

extension SpoolRecipient {
  fileprivate func row(isLive: Bool) -> Row {
    let status: String =
      switch status {
      case .waiting: attempts == 0 ? "waiting" : "deferred"
      case .begun: "sending"
      case .doubtful: "in doubt"
      case .delivered: "delivered"
      case .failed: "failed"
      }
    return Row([
      "recipient": .text(String(decoding: address, as: UTF8.self)), "status": .text(status),
      "attempts": .number(UInt64(clamping: attempts)),
      "next": isFinal || !isLive ? .null : .text(due.description), "host": .text(host),
      "code": code == 0 ? .null : .number(UInt64(clamping: code)),
      "reply": .text(String(decoding: reply, as: UTF8.self)),
      "via": .text(
        via.map { "\($0.kind.rawValue) \(String(decoding: $0.address, as: UTF8.self))" }
          .joined(separator: ", ")),
    ])
  }
}
