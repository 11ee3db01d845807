import Events
import Platform
import TestKit
import Testing

@Suite struct VocabularyTests {
  @Test func flagsThatDifferInCaseAreOne() {
    var set = FlagSet([Flag("$Junk"), Flag("\\SEEN"), Flag("a"), Flag("$JUNK"), Flag("A")])
    check(set.system, .seen)
    check(set.keywords.map(\.text), ["$Junk", "a"])
    check(set.contains(Flag("\\seen")) && set.contains(Flag("A")), "contains")
    set.remove(Flag("$junk"))
    set.remove(.seen)
    check(set.all, [Flag("a")])
    check(Set([Flag("x"), Flag("X")]).count, 1)
    check(FlagSet([.seen, .answered]).all.map(\.text), [#"\Answered"#, #"\Seen"#])
    check(SystemFlags(name: "\\Recent"), nil)
  }

  @Test func actorsSayWhoTheyAre() {
    let user = UserID(rawValue: ID(high: 0x0192_f0c1_2b3c_7d4e, low: 5))
    check(ActorID.server.description, "server")
    check(ActorID.peer.description, "peer")
    check(ActorID.operator(uid: 1000).description, "operator:1000")
    check(ActorID.operator(uid: 0).operatorUID, 0)
    check(ActorID.user(user).user, user)
    check(ActorID.peer.user, nil)
    check(ActorID.server.operatorUID, nil)
  }

  @Test func positionsDoNotOverflow() {
    check(Position(1).advanced(), Position(2))
    check(Position(.max).advanced(), Position(.max))
  }

  @Test func theEndsOfTimeCanBeShown() throws {
    for (microseconds, isRead) in [(Int64.min, false), (.min + 1_000_000, true), (.max, true)] {
      let stored = Timestamp(microseconds: microseconds).stored
      let read = try? Timestamp(stored: stored.span)
      check(read != nil, isRead, "\(microseconds)")
      var json = JSONWriter()
      read?.render(to: &json)
      check(json.bytes.isEmpty, !isRead)
    }
  }

  @Test func refusalsAreOneLine() {
    let refusals: [Refusal] = [
      .notFound(what: "user x"), .alreadyExists(what: "a"), .overQuota(limit: 2, used: 1),
      .limitReached(setting: "users", limit: 2, used: 2), .disabled(what: "domain"),
      .forbidden(what: "that"), .invalid(what: "name", why: "empty"),
      .awaits(what: "a", feature: "lists"),
      .tooLarge(what: "message", limit: 9), .conflict(what: "mailbox"), .inUse(what: "mailbox"),
    ]
    let texts = refusals.map(\.description)
    check(Set(texts).count, texts.count)
    check(texts.allSatisfy { !$0.contains("\n") && !$0.isEmpty }, "\(texts)")
  }
}
