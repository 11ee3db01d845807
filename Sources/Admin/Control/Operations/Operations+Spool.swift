import Events
import State

extension Operations {
  /// Entries that are looked up at once for an act on all of them.
  private static let page = 1_000

  static func changeSpool(_ request: ControlRequest, _ context: OperationContext) async throws {
    guard let action = request.arguments.text("action").flatMap(SpoolAction.init(rawValue:)),
      action != .purge
    else { throw Refusal.invalid(what: "the action", why: "there is none of that name") }
    let priority = try request.arguments.text("priority").map { text in
      guard let number = Int(text) else {
        throw Refusal.invalid(what: "the priority", why: "it is 1 to 10")
      }
      return number
    }
    var count = 0
    if case .bool(true)? = request.arguments["all"] {
      let filter = try spoolFilter(request, context.node)
      var last: Position?
      while true {
        let from = last
        let ids = try context.node.state.read {
          try $0.spoolEntries(filter, after: from, limit: page)
        }
        guard let end = ids.last else { break }
        last = end
        count += try await change(action, ids, priority, context)
      }
    } else {
      let ids = try spoolEntries(request)
      let known = try context.node.state.read { view in
        try ids.first { try view.spoolEntry($0) == nil }
      }
      if let known { throw Refusal.notFound(what: "the entry \(known) of the spool") }
      count = try await change(action, ids, priority, context)
    }
    await context.show(["changed": .number(UInt64(clamping: count))])
  }

  private static func change(
    _ action: SpoolAction, _ ids: [Position], _ priority: Int?, _ context: OperationContext
  ) async throws -> Int {
    var (count, rest) = (0, ids)
    while !rest.isEmpty {
      let changed = try await context.perform(ChangeSpool(action, rest, priority: priority))
      count += changed.count
      rest = changed.rest
    }
    return count
  }

  private static func spoolEntries(_ request: ControlRequest) throws -> [Position] {
    guard case .list(let values)? = request.arguments["entries"] else { return [] }
    return try values.map { value in
      guard case .text(let text) = value, let number = UInt64(text) else {
        throw Refusal.invalid(what: "an entry of the spool", why: "it is a number")
      }
      return Position(number)
    }
  }

  private static func spoolFilter(_ request: ControlRequest, _ node: Node) throws -> SpoolFilter {
    var filter = SpoolFilter()
    filter.domain = try request.arguments.text("domain").map { try domain($0, node).id }
    filter.sender = request.arguments.text("sender") ?? ""
    filter.recipient = request.arguments.text("recipient") ?? ""
    return filter
  }
}
