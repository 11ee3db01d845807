import Events
import Followers
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
    try await context.place.readings.record(
      arguments.text("what") ?? "", from: Position(arguments.number("first") ?? 0),
      through: Position(arguments.number("last") ?? 0), by: context.origin)
  }

  static func showStatus(_ request: ControlRequest, _ context: OperationContext) async throws {
    let node = context.node
    let status = node.scribe.status
    let head = try node.journal.reader.head
    let standings = try context.place.followers?.standings ?? FollowerSet.standings(node.journal)
    let usage = node.journal.content.usage
    let scrub = node.scrub?.progress
    await context.show([
      "head": .number(head.rawValue),
      "writing": .bool(status.readOnlyCause == nil), "cause": .optional(status.readOnlyCause),
      "waiting": .number(UInt64(node.scribe.waiting)),
      "bodies": .number(UInt64(node.journal.content.count)),
      "content_bytes": .number(usage.total), "content_live_bytes": .number(usage.live),
      "scrub_passes": .number(UInt64(scrub?.passes ?? 0)),
      "scrub_checked": .number(scrub?.checked.rawValue ?? 0),
      "damage": .number(UInt64(scrub?.findings ?? 0)),
      "first_damage": .optional(scrub?.firstBad?.description),
      "log": .text(node.journal.log.rawValue.description),
      "followers": .list(standings.map { .row(row(of: $0, head: head)) }),
    ])
  }

  /// A follower and how many events it is behind the head.
  private static func row(of standing: FollowerSet.Standing, head: Position) -> Row {
    Row([
      "name": .text(standing.name), "position": .number(standing.position.rawValue),
      "behind": .number(head.rawValue - min(standing.position, head).rawValue),
      "failure": .optional(standing.failure),
    ])
  }
}
