import Events
import Ledger
import Platform

@testable import State

/// What users have, kept by a simulation as the simplest thing that could be right, and read from
/// State in the same terms.
struct MailModel: Equatable {
  struct Message: Equatable {
    var message: MessageID
    var flags: Set<String>
  }

  struct Box: Equatable {
    var name: String
    var validity: UInt32
    var next: UInt32 = 1
    var mail: [UInt32: Message] = [:]
  }

  struct Person: Equatable {
    var name: String
    var verifier: [UInt8]
    /// The greatest UIDVALIDITY that a mailbox of theirs had.
    var validity: UInt32
    var boxes: [MailboxID: Box]

    var inbox: MailboxID? { boxes.first { $0.value.name == "INBOX" }?.key }
  }

  var people: [UserID: Person] = [:]
  /// A setting of the domain.
  var limit = "100"

  /// In an order that does not depend on hashing, for choosing at random.
  var users: [UserID] { people.keys.sorted { $0.rawValue < $1.rawValue } }

  func boxes(of user: UserID) -> [MailboxID] {
    people[user]?.boxes.keys.sorted { $0.rawValue < $1.rawValue } ?? []
  }

  mutating func file(_ message: MessageID, _ flags: Set<String>, in box: MailboxID, of user: UserID)
  {
    guard let next = people[user]?.boxes[box]?.next else { return }
    people[user]?.boxes[box]?.mail[next] = Message(message: message, flags: flags)
    people[user]?.boxes[box]?.next = next + 1
  }
}

extension MailModel {
  /// What a State shows of a domain, with the secrets that the keyring holds.
  init(_ state: StateEnvironment, _ domain: DomainID, _ keyring: Keyring) throws {
    self = try state.read { view in
      var model = MailModel()
      model.limit = "\(try view.value(Settings.users, for: .domain(domain)))"
      for user in try view.users(in: domain) where !user.isAdministrator {
        var person = Person(
          name: user.localPart?.description ?? "",
          verifier: try keyring.secret(user.verifier) ?? [],
          validity: try view.use(of: user.id).uidValidity, boxes: [:])
        for mailbox in try view.mailboxes(of: user.id) {
          person.boxes[mailbox.id] = try Self.box(mailbox, view)
        }
        model.people[user.id] = person
      }
      return model
    }
  }

  private static func box(_ mailbox: Mailbox, _ view: borrowing StateView) throws -> Box {
    let names = try view.keywords(in: mailbox.id)
    var box = Box(
      name: mailbox.name?.text ?? "", validity: mailbox.uidValidity, next: mailbox.uidNext.rawValue)
    var rows: [(UID, MessageRow)] = []
    try view.messages(in: mailbox.id) { uid, row in
      rows.append((uid, row))
      return true
    }
    for (uid, row) in rows {
      guard let content = try view.content(row.origin) else { continue }
      let flags = row.flagSet(keywords: names).all.map(\.text)
      box.mail[uid.rawValue] = Message(message: content.message, flags: Set(flags))
    }
    return box
  }
}

extension MailModel {
  /// What differs from another, shortly.
  func difference(from other: MailModel) -> String {
    var lines: [String] = limit == other.limit ? [] : ["limit \(limit), not \(other.limit)"]
    for user in Set(people.keys).union(other.people.keys) {
      guard let mine = people[user], let theirs = other.people[user] else {
        lines.append("\(user) is \(people[user] == nil ? "missing" : "there")")
        continue
      }
      if mine.verifier != theirs.verifier { lines.append("verifier of \(mine.name)") }
      if mine.validity != theirs.validity {
        lines.append("UIDVALIDITY of \(mine.name) \(mine.validity), not \(theirs.validity)")
      }
      for box in Set(mine.boxes.keys).union(theirs.boxes.keys)
      where mine.boxes[box] != theirs.boxes[box] {
        let (shown, expected) = (mine.boxes[box], theirs.boxes[box])
        lines.append(
          "\(mine.name)'s \(box): \(shown.map { "\($0)" } ?? "missing"), not "
            + "\(expected.map { "\($0)" } ?? "there")")
      }
    }
    return lines.joined(separator: "; ")
  }
}
