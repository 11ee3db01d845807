extension Session {
  func update(_ policy: UpdatePolicy) async throws {}
  func leaveMailbox() {
    view = nil
    dialogue.unselected()
  }
  func reply(to error: any Error) throws -> Reply { throw error }
}
