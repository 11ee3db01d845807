
/// Who signed in to a session.
struct SessionUser: Sendable {
  let name: String
}
