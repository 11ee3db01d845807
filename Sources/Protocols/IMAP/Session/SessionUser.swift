import Events

/// Who signed in to a session.
struct SessionUser: Sendable {
  let id: UserID
}
