import Platform

extension Event {
  /// The ids of what the event is about, such as its domain, user, mailbox and message, in the order
  /// of the fields. Ids in personal fields are not among them.
  public var entities: [ID] {
    var visitor = EntityVisitor()
    accept(&visitor)
    return visitor.walk.entities
  }
}

private struct EntityVisitor: PayloadVisitor {
  var walk = EntityWalk(entities: [])

  mutating func visit(_ payload: some EventPayload) {
    var copy = payload
    do { try copy.walk(&walk) } catch { preconditionFailure("collecting cannot fail: \(error)") }
  }
}
