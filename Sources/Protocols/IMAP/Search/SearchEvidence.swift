import Events
import MailFormat
import Platform

/// What is known of a message so far; more is read only where the criteria need it.
struct SearchEvidence {
  let uid: UInt32
  let flags: SystemFlags
  /// Bit n is the keyword with number n in the mailbox.
  let keywords: UInt64
  let isRecent: Bool
  let size: UInt64
  let received: Timestamp
  /// Nil until it was looked up, and where there is none.
  var envelope: Envelope?
  /// Nil until it was read.
  var header: HeaderBlock?
  /// The folded texts found in the header; empty until it was read.
  var foundInHeader: Set<[UInt8]> = []
  /// The folded texts found in the body; nil until it was read.
  var foundInBody: Set<[UInt8]>?

  /// The kind of evidence that comes next, from cheap to dear.
  enum Depth: Int, Comparable {
    case row, envelope, header, body

    static func < (left: Depth, right: Depth) -> Bool { left.rawValue < right.rawValue }
  }
}

extension SearchTerm {
  /// Whether the message meets the criteria; nil where the evidence does not tell yet.
  func verdict(_ evidence: SearchEvidence) -> Bool? {
    switch self {
    case .constant(let value): value
    case .all(let terms): SearchTerm.verdict(of: terms, unless: false, evidence)
    case .any(let terms): SearchTerm.verdict(of: terms, unless: true, evidence)
    case .not(let term): term.verdict(evidence).map { !$0 }
    case .uids(let ranges): ranges.holds(evidence.uid)
    case .flag(let flag): evidence.flags.contains(flag)
    case .keyword(let number): evidence.keywords & 1 << UInt64(number) != 0
    case .recent: evidence.isRecent
    case .larger(let octets): evidence.size > octets
    case .smaller(let octets): evidence.size < octets
    case .received(let day):
      day.accepts(CalendarDay(daysSince1970: evidence.received.daysSince1970))
    case .sent(let day): evidence.sentDay.map { $0.map(day.accepts) ?? false }
    case .field(let name, let text): evidence.field(name, contains: text)
    case .body(let text): text.isEmpty ? true : evidence.foundInBody?.contains(text)
    case .text(let text): evidence.text(contains: text)
    }
  }

  /// A conjunction (`decisive` false) or disjunction (true) of terms, of which some may be open.
  private static func verdict(
    of terms: [SearchTerm], unless decisive: Bool, _ evidence: SearchEvidence
  ) -> Bool? {
    var isOpen = false
    for term in terms {
      switch term.verdict(evidence) {
      case decisive: return decisive
      case nil: isOpen = true
      default: continue
      }
    }
    return isOpen ? nil : !decisive
  }

  /// The folded texts that are looked for in bodies.
  var bodyTexts: Set<[UInt8]> {
    switch self {
    case .body(let text), .text(let text): text.isEmpty ? [] : [text]
    case .not(let term): term.bodyTexts
    case .all(let terms), .any(let terms):
      terms.reduce(into: []) { $0.formUnion($1.bodyTexts) }
    default: []
    }
  }

  /// The folded texts that are looked for in headers as a whole.
  var headerTexts: Set<[UInt8]> {
    switch self {
    case .text(let text): text.isEmpty ? [] : [text]
    case .not(let term): term.headerTexts
    case .all(let terms), .any(let terms):
      terms.reduce(into: []) { $0.formUnion($1.headerTexts) }
    default: []
    }
  }

  /// The dearest evidence that the criteria can ask for.
  var depth: SearchEvidence.Depth {
    switch self {
    case .body, .text: .body
    case .field: .header
    case .sent: .envelope
    case .not(let term): term.depth
    case .all(let terms), .any(let terms): terms.map(\.depth).max() ?? .row
    default: .row
    }
  }
}

extension SearchEvidence {
  /// The day of the Date field: nil while it is not known, and an inner nil where there is none.
  fileprivate var sentDay: CalendarDay?? {
    let date: [UInt8]?
    if let envelope {
      date = envelope.date
    } else if let header {
      date = header.value("Date")
    } else {
      return nil
    }
    guard let date, let parsed = MailDate(field: date) else { return .some(nil) }
    return CalendarDay(daysSince1970: parsed.day.number)
  }

  /// Whether a field called `name` contains `text`; nil where the evidence does not tell yet.
  fileprivate func field(_ name: [UInt8], contains text: [UInt8]) -> Bool? {
    if let header {
      return header.fields.contains { field in
        header.isNamed(field, name) && SearchEvidence.matches(header.value(field), text)
      }
    }
    guard let envelope, !text.isEmpty, let value = envelope.value(of: name) else { return nil }
    return SearchEvidence.matches(value, text)
  }

  fileprivate func text(contains text: [UInt8]) -> Bool? {
    text.isEmpty || foundInHeader.contains(text) ? true : foundInBody?.contains(text)
  }

  private static func matches(_ value: [UInt8], _ text: [UInt8]) -> Bool {
    var matcher = SubstringMatcher(folded: text)
    matcher.feed(FoldedText.fold(EncodedWords.decode(value)))
    return matcher.isFound
  }
}

extension HeaderBlock {
  /// Those of the folded `texts` that stand in the header as it came, or in a field as it reads with
  /// its lines joined and its words decoded.
  func texts(_ texts: Set<[UInt8]>) -> Set<[UInt8]> {
    guard !texts.isEmpty else { return [] }
    var missing = texts.map { SubstringMatcher(folded: $0) }
    var found: Set<[UInt8]> = []
    for value in [bytes] + fields.map({ self.value($0) }) where !missing.isEmpty {
      let folded = FoldedText.fold(EncodedWords.decode(value))
      for index in missing.indices.reversed() {
        missing[index].feed(folded)
        missing[index].endOfText()
        if missing[index].isFound { found.insert(missing.remove(at: index).needle) }
      }
    }
    return found
  }
}

extension Envelope {
  /// The value of a field as the envelope tells it; nil for fields it does not tell in full.
  fileprivate func value(of name: [UInt8]) -> [UInt8]? {
    switch String(decoding: name, as: UTF8.self) {
    case "subject": subject ?? []
    case "from": Envelope.text(from)
    case "to": Envelope.text(to)
    case "cc": Envelope.text(cc)
    case "bcc": Envelope.text(bcc)
    case "message-id": messageID ?? []
    case "in-reply-to": inReplyTo ?? []
    default: nil
    }
  }

  /// Addresses as a header writes them: `name <mailbox@host>, ...`.
  private static func text(_ addresses: [MailAddress]) -> [UInt8] {
    var text: [UInt8] = []
    for address in addresses {
      if !text.isEmpty { text += Array(", ".utf8) }
      if let name = address.name { text += name + [OctetClass.space] }
      text.append(OctetClass.less)
      text += address.mailbox ?? []
      if let host = address.host { text += [UInt8(ascii: "@")] + host }
      text.append(OctetClass.greater)
    }
    return text
  }
}

extension [ClosedRange<UInt32>] {
  /// Whether one of the ranges, which are sorted, holds `number`.
  func holds(_ number: UInt32) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].lowerBound <= number
  }
}

extension Timestamp {
  /// Days since 1970-01-01 in UTC.
  var daysSince1970: Int {
    let days = seconds.quotientAndRemainder(dividingBy: 86_400)
    return Int(days.remainder < 0 ? days.quotient - 1 : days.quotient)
  }
}
