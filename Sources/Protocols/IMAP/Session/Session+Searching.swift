import Platform
import State

extension Session {
  /// The messages of the selected mailbox that meet `term`, ascending.
  ///
  /// Small searches on rows alone run on the loop; all others in slices on the pool. Between
  /// slices the task can be cancelled, and other sessions have their turn.
  func search(_ term: SearchTerm) async throws -> UIDList {
    let view = try selectedView()
    let access = MessageAccess(node: service.node, key: try signedInUser().key)
    var left = term.candidates(in: view.uids.ranges)
    let staysHere = term.depth == .row && left.total <= IMAPService.largestBlock
    var matched = UIDList()
    while !left.isEmpty {
      let slice = SearchSlice(
        term: term, mailbox: view.mailbox, ranges: left, recent: view.recent, access: access)
      let found: SearchSlice.Found
      if staysHere {
        found = try slice.run(service.node)
      } else {
        found = try await service.node.pool.run { [node = service.node] in try slice.run(node) }
        try Task.checkCancellation()
      }
      for uid in found.uids { matched.append(uid) }
      guard let next = found.next else { break }
      left = UIDList(left).intersection([next ... .max])
    }
    return matched
  }
}
