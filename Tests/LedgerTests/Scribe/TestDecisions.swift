import Events
import Ledger
import Platform

/// A decision of the tests: whatever its closure says.
struct Tell<Answer: Sendable>: Decision {
  var freesSpace = false
  let body: @Sendable (borrowing TallyView, Moment) throws -> Outcome<Answer>

  func decide(_ view: borrowing TallyView, _ moment: Moment) throws -> Outcome<Answer> {
    try body(view, moment)
  }
}

/// A sign-in by a user, once: the second is refused. Nothing personal.
func signIn(_ user: UInt64, mechanism: String = "PLAIN", freeing: Bool = false) -> Tell<UInt64> {
  let id = UserID(rawValue: ID(high: 9, low: user))
  return Tell(freesSpace: freeing) { view, moment in
    guard view.tally.users[id] == nil else { throw Refusal.alreadyExists(what: "user \(user)") }
    return Outcome(drafts: [signedIn(id, mechanism)], answer: moment.position.rawValue)
  }
}

func signedIn(_ user: UserID, _ mechanism: String = "PLAIN", client: String? = nil) -> Draft {
  Draft(
    .sessionSignedIn(
      SessionSignedIn(user: user, service: "imap", mechanism: mechanism, client: client)))
}
