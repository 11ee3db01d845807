import Events
import Ledger

/// The numbers of keywords in one mailbox, those among them that are new, and their events.
struct KeywordPlan {
  private let mailbox: Mailbox
  private var numbers: [Flag: Keyword] = [:]
  private var next: Int
  /// `mailbox.keyword_added` of the keywords that are new; they come before the events that use them.
  private(set) var drafts: [Draft] = []

  init(_ mailbox: Mailbox, _ view: borrowing StateView) throws {
    self.mailbox = mailbox
    next = Int(mailbox.keywords)
    for (number, keyword) in try view.keywords(in: mailbox.id).enumerated()
    where !keyword.text.isEmpty {
      numbers[keyword] = Keyword(UInt64(number))
    }
  }

  /// Ascending. Refuses what cannot be a keyword, and the 65th of a mailbox.
  mutating func numbers(of keywords: [Flag]) throws(Refusal) -> [Keyword] {
    var result: [Keyword] = []
    for keyword in keywords {
      guard let number = try number(of: keyword) else {
        let limit = UInt64(DecisionLimits.keywords)
        throw .limitReached(setting: "keywords of the mailbox", limit: limit, used: limit)
      }
      result.append(number)
    }
    return result.sorted()
  }

  /// Nil where the mailbox has no number left.
  mutating func number(of keyword: Flag) throws(Refusal) -> Keyword? {
    if let number = numbers[keyword] { return number }
    guard next < DecisionLimits.keywords else { return nil }
    guard Self.isKeyword(keyword.text) else {
      throw .invalid(what: "keyword", why: "it is no IMAP atom of at most 100 characters")
    }
    let number = Keyword(UInt64(next))
    next += 1
    numbers[keyword] = number
    let added = MailboxKeywordAdded(
      user: mailbox.user, keyword: number, mailbox: mailbox.id, name: keyword.text)
    drafts.append(
      Draft(.mailboxKeywordAdded(added), domain: mailbox.domain, seal: .slot(mailbox.key)))
    return number
  }

  /// flag-keyword = atom. RFC 3501 §9
  private static func isKeyword(_ text: String) -> Bool {
    let specials = Array(#"(){%*"\]"#.utf8)
    return (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !specials.contains($0) }
  }
}
