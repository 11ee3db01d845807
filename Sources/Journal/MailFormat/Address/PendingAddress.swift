/// What has been read of the address at hand.
struct PendingAddress {
  enum Angle { case none, open, closed }

  /// All words so far, with single spaces where there were blanks: the display name, perhaps.
  private(set) var phrase: [UInt8] = []
  private var words = 0
  /// The last words joined by dots: the local part, perhaps.
  private var local: [UInt8] = []
  /// Where in `phrase` those words begin.
  private var localStart = 0
  private var isJoined = false
  private var domain: [UInt8]?
  private(set) var name: [UInt8] = []
  var route: [UInt8]?
  var comment: [UInt8]?
  var angle = Angle.none

  /// Whether a colon here ends the name of a group.
  var canNameGroup: Bool { angle == .none && domain == nil }

  mutating func addWord(_ word: [UInt8], spaced: Bool) {
    guard angle != .closed else { return }
    if spaced, !phrase.isEmpty { phrase.append(.space) }
    if domain == nil {
      if isJoined {
        local += word
      } else if angle == .open, words > 0 {
        local.append(.space)
        local += word
      } else {
        local = word
        localStart = phrase.count
      }
    }
    phrase += word
    words += 1
    isJoined = false
  }

  mutating func addDot() {
    guard angle != .closed else { return }
    phrase.append(.dot)
    guard domain == nil else { return }
    local.append(.dot)
    isJoined = true
  }

  /// Takes what follows an at sign; a second at sign makes the first a part of the local part.
  mutating func setDomain(_ text: [UInt8]) {
    guard angle != .closed else { return }
    if let earlier = domain {
      local.append(.at)
      local += earlier
    }
    domain = text
    phrase.append(.at)
    phrase += text
    words += 1
    isJoined = false
  }

  /// Turns what was read so far into the display name of an address in brackets.
  mutating func openAngle() {
    let comment = comment
    let name = phrase
    reset()
    self.comment = comment
    self.name = name
    angle = .open
  }

  mutating func reset() {
    self = PendingAddress()
  }

  /// The address, or nil where nothing was read.
  var address: MailAddress? {
    let heard = comment.map(PendingAddress.clean)
    if angle != .none {
      guard domain != nil || !local.isEmpty || !name.isEmpty else { return nil }
      return make(name: name, comment: heard, mailbox: local, host: domain ?? [])
    }
    if let domain {
      return make(
        name: Array(phrase[..<localStart]), comment: heard, mailbox: local, host: domain)
    }
    guard !phrase.isEmpty else { return nil }
    return words == 1
      ? make(name: [], comment: heard, mailbox: phrase, host: [])
      : make(name: phrase, comment: heard, mailbox: [], host: [])
  }

  private func make(
    name: [UInt8], comment: [UInt8]?, mailbox: [UInt8], host: [UInt8]
  ) -> MailAddress {
    let name = PendingAddress.clean(name)
    return MailAddress(
      name: name.isEmpty ? (comment?.isEmpty == false ? comment : nil) : name, route: route,
      mailbox: PendingAddress.clean(mailbox), host: PendingAddress.clean(host))
  }

  /// The text without what no reader of a field should have to fear.
  static func clean(_ text: [UInt8]) -> [UInt8] {
    Unfolding.sanitize(text).trimmed
  }
}
