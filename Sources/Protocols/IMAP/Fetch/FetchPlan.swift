/// What a FETCH has to look up for each message, worked out once for all of them.
struct FetchPlan: Sendable {
  /// The items in the order in which they are answered, each once.
  let items: [FetchItem]
  /// Whether the message's parsed facts are needed: envelope, structure, or where a part is.
  let needsFacts: Bool
  /// Whether octets of the message are needed.
  let needsOctets: Bool
  /// Whether fetching makes messages \Seen.
  let setsSeen: Bool

  /// A plan for `items`. A UID command answers with the UID whether it was asked for or not.
  /// RFC 3501 §6.4.8
  init(_ items: [FetchItem], isUID: Bool, isReadOnly: Bool) {
    var ordered: [FetchItem] = isUID ? [.uid] : []
    for item in items where !ordered.contains(item) { ordered.append(item) }
    var needsFacts = false
    var needsOctets = false
    var setsSeen = false
    for item in ordered {
      switch item {
      case .flags, .uid, .internalDate, .size: continue
      case .envelope, .structure: needsFacts = true
      case .content(let content):
        needsOctets = true
        if content.section != .message { needsFacts = true }
        if !content.peeks { setsSeen = true }
      }
    }
    self.items = ordered
    self.needsFacts = needsFacts
    self.needsOctets = needsOctets
    self.setsSeen = setsSeen && !isReadOnly
  }
}
