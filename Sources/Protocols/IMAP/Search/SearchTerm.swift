import Events

/// Search criteria with everything settled that the mailbox and the charset settle: message numbers
/// are UIDs, keywords are their numbers, texts are folded.
indirect enum SearchTerm: Hashable, Sendable {
  case constant(Bool)
  case all([SearchTerm])
  case any([SearchTerm])
  case not(SearchTerm)
  /// Sorted ranges.
  case uids([ClosedRange<UInt32>])
  case flag(SystemFlags)
  /// The number of the keyword in this mailbox.
  case keyword(Int)
  case recent
  case larger(UInt64)
  case smaller(UInt64)
  case received(SearchDay)
  case sent(SearchDay)
  /// The name is in lower case, the text folded; an empty text asks for the field alone.
  case field(name: [UInt8], text: [UInt8])
  /// A folded text in the body, or in header or body.
  case body([UInt8])
  case text([UInt8])
}

/// What a search is settled against.
struct SearchContext {
  /// The messages as the session numbers them.
  let uids: UIDList
  /// The numbers of the mailbox's keywords.
  let keywords: [Flag: Int]
  let charset: SearchCharset

  /// Settles `key`.
  func term(_ key: SearchKey) -> SearchTerm {
    switch key {
    case .all: .constant(true)
    case .and(let keys): .all(keys.map { term($0) })
    case .or(let left, let right): .any([term(left), term(right)])
    case .not(let key): .not(term(key))
    case .sequence(let set): .uids(uids.uids(atNumbers: set.resolved(largest: uids.count)))
    case .uid(let set): .uids(set.resolved(largest: uids.last))
    case .flag(let flag): term(flag)
    case .recent: .recent
    case .larger(let octets): .larger(UInt64(octets))
    case .smaller(let octets): .smaller(UInt64(octets))
    case .received(let day): .received(day)
    case .sent(let day): .sent(day)
    case .header(let name, let text):
      .field(name: name.map(FoldedText.lower), text: charset.folded(text))
    case .body(let text): .body(charset.folded(text))
    case .text(let text): .text(charset.folded(text))
    }
  }

  private func term(_ flag: SearchFlag) -> SearchTerm {
    switch flag {
    case .answered: .flag(.answered)
    case .deleted: .flag(.deleted)
    case .draft: .flag(.draft)
    case .flagged: .flag(.flagged)
    case .seen: .flag(.seen)
    case .keyword(let name):
      keywords[Flag(String(decoding: name, as: UTF8.self))].map { .keyword($0) } ?? .constant(false)
    }
  }
}
