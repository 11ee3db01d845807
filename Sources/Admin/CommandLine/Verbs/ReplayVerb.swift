import Events
import Ledger
import Platform

/// `daybook replay`: the story, as an auditor reads it.
enum ReplayVerb: Verb {
  static let usage = Usage(
    "replay", "Tell what happened: who, when, from where, what.",
    options: [
      .init("--after", "N", "begin behind this position (default 0: from the first event)"),
      .init("--until", "N|TIME", "end with this position or RFC 3339 time"),
      .init("--domain", "NAME", "only events of this domain (a name or an id)"),
      .init("--type", "T,...", "only events of these types, such as message.filed"),
      .init("--actor", "WHO", "only what this actor did: an id, uid:N, server, peer or an address"),
      .init("--session", "ID", "only events of this session"),
      .init("--follow", nil, "go on as events happen, until Ctrl-C"), Usage.json,
    ],
    detail: """
      Each event is shown with its position and the hash of its leaf in the tree. Personal fields are
      shown as far as the keyring can be read. Each reading is journaled before anything is shown.
      Types: docs/events.md.
      """)

  private static let pause = Duration.milliseconds(300)

  static func run(_ call: Call) async throws -> ExitCode {
    let after = Position(try call.invocation.number("--after") ?? 0)
    let end = try ReplayEnd(call["--until"])
    let types = try ReplayFilter.types(call)
    var reading = Reading(call)
    let last = try ReplaySource.last(call, end)
    if after < last { await reading.journal(after.advanced(), last) }
    let source = try ReplaySource(call)
    source.tellOfKeys(call.terminal)
    let filter = try ReplayFilter(call, source, types)
    var walk = ReplayWalk(source, filter, after: after)
    let names = ReplayNames(source)
    while let page = try walk.page(through: last) {
      for entry in page { ReplayLine(entry).show(call.terminal, names) }
    }
    guard call.has("--follow") else { return .success }
    return try await follow(&walk, &reading, names, end, call)
  }

  /// Shows what happens from now on; each page is journaled as read before it is shown.
  private static func follow(
    _ walk: inout ReplayWalk, _ reading: inout Reading, _ names: ReplayNames, _ end: ReplayEnd,
    _ call: Call
  ) async throws -> ExitCode {
    while true {
      let now = SystemClock().now()
      let last = try end.last(walk.source.journal.reader)
      while let page = try walk.page(through: last) {
        // That it was read is no news to be journaled in turn.
        let news = page.filter { $0.recorded.header.type != AuditRead.type }
        if let first = news.first, let last = news.last {
          await reading.journal(first.record.position, last.record.position, walk.source)
        }
        for entry in page { ReplayLine(entry).show(call.terminal, names) }
      }
      if end.isPast(walk.position, now) { return .success }
      try await Task.sleep(for: pause)
    }
  }
}
