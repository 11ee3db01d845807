import Events
import MailFormat
import Platform
import State

/// A piece of a search: so many messages, or so long, that it can run between other work.
///
/// It reads rows in one short transaction, and bodies after it; what it needs is in it, so that it
/// runs on any thread.
struct SearchSlice: Sendable {
  /// How many messages whose octets are needed one slice takes.
  static let mostBodies = 64
  /// How long a slice goes on opening bodies.
  static let longest: Duration = .milliseconds(50)

  let term: SearchTerm
  let mailbox: MailboxID
  /// Where to look, sorted.
  let ranges: [ClosedRange<UInt32>]
  let recent: UIDList
  let access: MessageAccess

  /// What a slice found, and from which UID on the next one goes on; nil when all is searched.
  struct Found: Sendable {
    var uids: [UInt32] = []
    var next: UInt32?
  }

  /// A message whose row does not tell.
  private struct Open {
    var evidence: SearchEvidence
    let stored: StoredMessage
  }

  func run(_ node: Node) throws -> Found {
    var found = Found()
    var open: [Open] = []
    try node.state.read { state in
      var rows = 0
      try state.messages(in: mailbox, uids: UIDSet(ranges)) { uid, row in
        guard rows < IMAPService.largestBlock, open.count < SearchSlice.mostBodies else {
          found.next = uid.rawValue
          return false
        }
        rows += 1
        if let message = try judge(uid.rawValue, row, state, &found) { open.append(message) }
        return true
      }
    }
    try judge(open, &found)
    found.uids.sort()
    return found
  }

  /// Judges by the row and the envelope; gives back the message where that is not enough.
  private func judge(
    _ uid: UInt32, _ row: MessageRow, _ state: borrowing StateView, _ found: inout Found
  ) throws -> Open? {
    var evidence = SearchEvidence(
      uid: uid, flags: row.flags, keywords: row.keywords, isRecent: recent.contains(uid),
      size: row.size, received: row.internalDate)
    var verdict = term.verdict(evidence)
    if verdict == nil, let stored = try state.stored(row) {
      evidence.envelope = try stored.content.envelope?.decoded()
      verdict = term.verdict(evidence)
      if verdict == nil { return Open(evidence: evidence, stored: stored) }
    }
    if verdict == true { found.uids.append(uid) }
    return nil
  }

  /// Judges by header and body, until the time is over.
  private func judge(_ open: [Open], _ found: inout Found) throws {
    let clock = ContinuousClock()
    let start = clock.now
    for var message in open {
      if clock.now - start > SearchSlice.longest {
        found.uids.removeAll { $0 >= message.evidence.uid }
        found.next = message.evidence.uid
        return
      }
      if try isMet(&message) { found.uids.append(message.evidence.uid) }
    }
  }

  private func isMet(_ message: inout Open) throws -> Bool {
    guard let octets = access.octets(of: message.stored) else { return false }
    let header = try octets.header()
    message.evidence.header = header
    message.evidence.foundInHeader = header.texts(term.headerTexts)
    if let verdict = term.verdict(message.evidence) { return verdict }
    var search = BodyTextSearch(term.bodyTexts)
    try search.search(try octets.facts().structure) { try octets.read($0) }
    message.evidence.foundInBody = search.found
    return term.verdict(message.evidence) ?? false
  }
}

extension SearchTerm {
  /// Those of the sorted `ranges` in which messages can meet the criteria at all.
  func candidates(in ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    switch self {
    case .uids(let wanted): UIDList(ranges).intersection(wanted)
    case .all(let terms): terms.reduce(ranges) { $1.candidates(in: $0) }
    case .constant(false): []
    default: ranges
    }
  }
}
