import Events
import Ledger
import Platform
import State

extension Operations {
  static func changeSetting(_ request: ControlRequest, _ context: OperationContext) async throws {
    let arguments = request.arguments
    let target = try target(arguments, context.node)
    let change = ChangeSettings.Change(arguments.text("key") ?? "", arguments.text("value"))
    while true {
      let changed = try await context.perform(ChangeSettings(target, [change]))
      for one in changed.changes {
        await context.show([
          "key": .text(one.key), "old": .optional(one.old), "new": .optional(one.new),
        ])
      }
      if !changed.isUnfinished { return }
    }
  }

  /// Whose setting is meant: `user` before `domain`, and the system where neither is named.
  static func target(_ arguments: Row, _ node: Node) throws -> SettingTarget {
    if let user = arguments.text("user") {
      return .user(try self.user(ControlRequest("", Row(["address": .text(user)])), node).id)
    }
    if let name = arguments.text("domain") { return .domain(try domain(name, node).id) }
    return .system
  }

  static func signCheckpoint(_ request: ControlRequest, _ context: OperationContext) async throws {
    let note = try await context.node.scribe.sign()
    await context.show(["checkpoint": .text(note)])
  }

  static func recordReading(_ request: ControlRequest, _ context: OperationContext) async throws {
    let arguments = request.arguments
    let now = context.node.clock.now()
    let minute = Timestamp(microseconds: now.microseconds - now.microseconds % 60_000_000)
    try await context.perform(
      RecordReading(
        AuditRead(
          last: Position(arguments.number("last") ?? 0), what: arguments.text("what") ?? "",
          first: Position(arguments.number("first") ?? 0), reads: arguments.number("reads") ?? 1,
          window: minute)))
  }

  static func showStatus(_ request: ControlRequest, _ context: OperationContext) async throws {
    let status = context.node.scribe.status
    let usage = context.node.journal.content.usage
    let scrub = context.node.scrub?.progress
    await context.show([
      "head": .number(try context.node.journal.reader.head.rawValue),
      "writing": .bool(status.readOnlyCause == nil), "cause": .optional(status.readOnlyCause),
      "waiting": .number(UInt64(context.node.scribe.waiting)),
      "bodies": .number(UInt64(context.node.journal.content.count)),
      "content_bytes": .number(usage.total), "content_live_bytes": .number(usage.live),
      "scrub_passes": .number(UInt64(scrub?.passes ?? 0)),
      "scrub_checked": .number(scrub?.checked.rawValue ?? 0),
      "damage": .number(UInt64(scrub?.findings ?? 0)),
      "first_damage": .optional(scrub?.firstBad?.description),
      "log": .text(context.node.journal.log.rawValue.description),
    ])
  }
}
