import Events
import Ledger
import Platform
import TestKit

@testable import State

/// One wish that a simulation puts to the Scribe, and what it does to the model where it is granted.
struct SimulatedAct: Sendable {
  /// Nil where it was granted, else why not.
  typealias Verdict = ScribeError?

  let name: String
  let perform: @Sendable (DaybookScribe) async -> Verdict
  /// The change, where it was granted at a time; a refusal is predicted by `nil`.
  let change: @Sendable (inout MailModel, Timestamp) -> Void

  init<D: Decision>(
    _ name: String, _ decision: D, as actor: ActorID = .server, bodies: [SealedBody] = [],
    change: @escaping @Sendable (inout MailModel, Timestamp) -> Void
  ) where D.View == StateView {
    self.name = name
    self.change = change
    perform = { scribe in
      do throws(ScribeError) {
        _ = try await scribe.perform(decision, origin: Origin(actor: actor), bodies: bodies)
        return nil
      } catch {
        return error
      }
    }
  }
}

/// Makes acts at random, of which the model says that they will be granted.
struct ActMaker {
  let domain: DomainID
  let entropy: SeededEntropy
  var random: SeededRandom
  private var serial = 0

  init(domain: DomainID, seed: UInt64) {
    self.domain = domain
    entropy = SeededEntropy(seed: seed &+ 1)
    random = SeededRandom(seed: seed &+ 2)
  }

  /// One act on one user's things. At most one of a batch touches a user, so that each is granted
  /// whatever becomes of the others.
  mutating func make(for user: UserID?, in model: MailModel, at now: Timestamp) throws
    -> SimulatedAct
  {
    serial += 1
    guard let user, let person = model.people[user] else { return try addUser(now) }
    let box = model.boxes(of: user).randomElement(using: &random) ?? MailboxID(rawValue: .zero)
    let uids = (person.boxes[box]?.mail.keys.sorted() ?? []).filter { _ in
      Bool.random(using: &random)
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1: return append(user, box)
    case 2, 3: return accept(user, person)
    case 4, 5: return store(user, box, uids)
    case 6: return try copy(user, person, box, uids)
    case 7: return expunge(user, box, uids)
    case 8: return try createMailbox(user, now)
    case 9: return try renameOrDelete(user, person, box, now)
    case 10: return changePassword(user)
    default: return changeSettingOrUser(user, model)
    }
  }

  private mutating func parcel() -> (MessageParcel, SealedBody) {
    let key = entropy.key()
    let text = Array("Subject: \(serial)\r\n\r\n".utf8) + random.bytes(Int(random.next() % 3_000))
    let sealed = ContentSealer.seal(text, dataKey: key, entropy: entropy)
    let parcel = MessageParcel(
      message: MessageID(rawValue: entropy.id()), content: sealed.id, key: key,
      size: sealed.plainLength, sha256: sealed.sha256, travels: true,
      envelope: nil, structure: nil)
    return (parcel, sealed)
  }

  private mutating func flags() -> Set<String> {
    let all = [#"\Seen"#, #"\Flagged"#, #"\Deleted"#, #"\Answered"#, "work", "$Junk"]
    return Set(all.filter { _ in random.next() % 4 == 0 })
  }

  private func set(_ flags: Set<String>) -> FlagSet { FlagSet(flags.sorted().map { Flag($0) }) }

  private mutating func append(_ user: UserID, _ box: MailboxID) -> SimulatedAct {
    let (parcel, body) = parcel()
    let flags = flags()
    return SimulatedAct(
      "append", AppendMessage(parcel, user: user, mailbox: box, flags: set(flags)),
      as: .user(user), bodies: [body]
    ) { model, _ in model.file(parcel.message, flags, in: box, of: user) }
  }

  private mutating func accept(_ user: UserID, _ person: MailModel.Person) -> SimulatedAct {
    let (parcel, body) = parcel()
    let inbox = person.inbox ?? MailboxID(rawValue: .zero)
    let target = AcceptMessage.Target(
      LocalRecipient(user: user, domain: domain, mailbox: inbox, via: []),
      address: Array("\(person.name)@a.test".utf8))
    let transaction = MailTransaction(
      service: "smtp", transport: "ESMTP", sender: Array("x@y.test".utf8), client: "192.0.2.1",
      helo: [])
    return SimulatedAct(
      "accept", AcceptMessage(parcel, transaction, targets: [target]), bodies: [body]
    ) { model, _ in model.file(parcel.message, [], in: inbox, of: user) }
  }

  private mutating func store(_ user: UserID, _ box: MailboxID, _ uids: [UInt32]) -> SimulatedAct {
    let mode = [FlagChange.add, .remove, .replace].randomElement(using: &random) ?? .add
    let flags = flags()
    let decision = StoreFlags(
      user: user, mailbox: box, uids: UIDSet(uids.map { UID($0) }), mode: mode, flags: set(flags))
    return SimulatedAct("store", decision, as: .user(user)) { model, _ in
      for uid in uids {
        switch mode {
        case .add: model.people[user]?.boxes[box]?.mail[uid]?.flags.formUnion(flags)
        case .remove: model.people[user]?.boxes[box]?.mail[uid]?.flags.subtract(flags)
        case .replace: model.people[user]?.boxes[box]?.mail[uid]?.flags = flags
        }
      }
    }
  }

  private mutating func copy(
    _ user: UserID, _ person: MailModel.Person, _ from: MailboxID, _ uids: [UInt32]
  ) throws -> SimulatedAct {
    let others = person.boxes.keys.filter { $0 != from }.sorted { $0.rawValue < $1.rawValue }
    let to = others.randomElement(using: &random) ?? from
    let isMove = Bool.random(using: &random)
    let decision = CopyMessages(
      user: user, from: from, to: to, uids: UIDSet(uids.map { UID($0) }), isMove: isMove)
    return SimulatedAct(isMove ? "move" : "copy", decision, as: .user(user)) { model, _ in
      for uid in uids {
        guard let message = model.people[user]?.boxes[from]?.mail[uid] else { continue }
        model.file(message.message, message.flags, in: to, of: user)
        if isMove { model.people[user]?.boxes[from]?.mail[uid] = nil }
      }
    }
  }

  private mutating func expunge(_ user: UserID, _ box: MailboxID, _ uids: [UInt32]) -> SimulatedAct
  {
    let onlyDeleted = Bool.random(using: &random)
    let decision = ExpungeMessages(
      user: user, mailbox: box, uids: UIDSet(uids.map { UID($0) }), onlyDeleted: onlyDeleted)
    return SimulatedAct("expunge", decision, as: .user(user)) { model, _ in
      for uid in uids {
        guard let flags = model.people[user]?.boxes[box]?.mail[uid]?.flags else { continue }
        if onlyDeleted, !flags.contains(#"\Deleted"#) { continue }
        model.people[user]?.boxes[box]?.mail[uid] = nil
      }
    }
  }

  private mutating func createMailbox(_ user: UserID, _ now: Timestamp) throws -> SimulatedAct {
    let name = "box \(serial)"
    let decision = CreateMailbox(
      user: user, name: try MailboxName(name), entropy: entropy, at: now)
    return SimulatedAct("create", decision, as: .user(user)) { model, time in
      guard let last = model.people[user]?.validity else { return }
      let validity = max(UInt32(clamping: time.seconds), last + 1)
      model.people[user]?.validity = validity
      model.people[user]?.boxes[decision.mailbox] = .init(name: name, validity: validity)
    }
  }

  private mutating func renameOrDelete(
    _ user: UserID, _ person: MailModel.Person, _ box: MailboxID, _ now: Timestamp
  ) throws -> SimulatedAct {
    guard let name = person.boxes[box]?.name, name != "INBOX" else {
      return try createMailbox(user, now)
    }
    if Bool.random(using: &random) {
      return SimulatedAct(
        "delete", DeleteMailbox(user: user, name: try MailboxName(name)), as: .user(user)
      ) { model, _ in model.people[user]?.boxes[box] = nil }
    }
    let new = "renamed \(serial)"
    let decision = RenameMailbox(
      user: user, from: try MailboxName(name), to: try MailboxName(new), entropy: entropy, at: now)
    return SimulatedAct("rename", decision, as: .user(user)) { model, _ in
      model.people[user]?.boxes[box]?.name = new
    }
  }

  private mutating func changePassword(_ user: UserID) -> SimulatedAct {
    let verifier = random.bytes(40)
    return SimulatedAct("password", ChangePassword(user, verifier: verifier)) { model, _ in
      model.people[user]?.verifier = verifier
    }
  }

  private mutating func changeSettingOrUser(_ user: UserID, _ model: MailModel) -> SimulatedAct {
    if model.people.count > 2, Bool.random(using: &random) {
      return SimulatedAct("delete user", DeleteUser(user)) { model, _ in model.people[user] = nil }
    }
    let limit = "\(100 + random.next() % 100)"
    return SimulatedAct(
      "set", ChangeSettings(.domain(domain), [.init("limit.users", limit)])
    ) { model, _ in model.limit = limit }
  }

  private mutating func addUser(_ now: Timestamp) throws -> SimulatedAct {
    let verifier = random.bytes(40)
    let user = try NewUser(localPart: "u\(serial)", verifier: verifier, entropy: entropy, at: now)
    return SimulatedAct("add user", AddUser(user, to: domain)) { model, time in
      let first = UInt32(clamping: time.seconds)
      var boxes: [MailboxID: MailModel.Box] = [:]
      for (index, (name, _)) in NewUser.mailboxes.enumerated() {
        boxes[user.mailboxIDs[index]] = .init(name: name, validity: max(1, first &+ UInt32(index)))
      }
      model.people[user.id] = .init(
        name: user.localPart.description, verifier: verifier,
        validity: first &+ UInt32(NewUser.mailboxes.count - 1), boxes: boxes)
    }
  }
}
