import Events

/// The canonical name of a mailbox: NFC, `/` between levels, `INBOX` in capitals. RFC 3501 §5.1
///
/// A name is an attribute, never a path: storage paths are made of ids.
public struct MailboxName: Hashable, Sendable, CustomStringConvertible {
  /// UTF-8, 1 to 400 octets.
  public let text: String

  public var description: String { text }

  public static let inbox = MailboxName(canonical: "INBOX")

  /// At most so many octets in a name, so many in one level, and so many levels.
  static let longestName = 400
  static let longestLevel = 200
  static let mostLevels = 20

  /// Reads a name as UTF-8 text (IMAP's modified UTF-7 is decoded before); one trailing `/` is
  /// dropped (RFC 3501 §6.3.3), the first level `inbox` is written in capitals.
  ///
  /// Throws `Refusal.invalid`: empty levels, `.`, `..`, a leading `~` or `#`, the wildcards `*` and
  /// `%`, a backslash, characters that cannot be seen, too long or too deep a name.
  public init(_ raw: String) throws(Refusal) {
    var text = String(decoding: raw._nfcCodeUnits, as: UTF8.self)
    if text.utf8.count > 1, text.utf8.last == UInt8(ascii: "/") { text.unicodeScalars.removeLast() }
    guard (1...Self.longestName).contains(text.utf8.count) else {
      throw .invalid(what: "mailbox name", why: "it is empty or longer than 400 octets")
    }
    var levels = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard levels.count <= Self.mostLevels else {
      throw .invalid(what: "mailbox name", why: "it has more than 20 levels")
    }
    for level in levels { try Self.check(level) }
    if Self.isInbox(levels[0]) { levels[0] = "INBOX" }
    self.text = levels.joined(separator: "/")
  }

  /// Takes a name that a fold already made canonical.
  init(canonical text: String) { self.text = text }

  public var isInbox: Bool { text == "INBOX" }

  /// Whether it lies where shared folders appear. RFC 2342 §1
  var isReserved: Bool {
    let first = text.split(separator: "/", maxSplits: 1).first ?? ""
    return first.lowercased() == "shared"
  }

  /// The names of the levels above, outermost first: `a/b/c` gives `a`, `a/b`.
  public var parents: [MailboxName] {
    var parents: [MailboxName] = []
    var prefix = ""
    for level in text.split(separator: "/").dropLast() {
      prefix += prefix.isEmpty ? String(level) : "/" + level
      parents.append(MailboxName(canonical: prefix))
    }
    return parents
  }

  /// The name that `self`, inside `old`, has once `old` is called `new`; nil where it is not inside.
  func moved(from old: MailboxName, to new: MailboxName) -> MailboxName? {
    guard text.utf8.starts(with: (old.text + "/").utf8) else { return nil }
    return MailboxName(canonical: new.text + String(text.utf8.dropFirst(old.text.utf8.count))!)
  }

  private static func isInbox(_ level: String) -> Bool {
    level.utf8.count == 5 && level.lowercased() == "inbox"
  }

  private static func check(_ level: String) throws(Refusal) {
    guard (1...longestLevel).contains(level.utf8.count) else {
      throw .invalid(what: "mailbox name", why: "a level is empty or longer than 200 octets")
    }
    guard level != ".", level != "..", let first = level.unicodeScalars.first,
      first != "~", first != "#"
    else {
      throw .invalid(what: "mailbox name", why: "a level is . or .. or starts with ~ or #")
    }
    let forbidden: Set<Unicode.Scalar> = ["*", "%", "\\"]
    guard
      level.unicodeScalars.allSatisfy({
        !forbidden.contains($0) && NameCharacters.isVisible($0)
      })
    else {
      throw .invalid(what: "mailbox name", why: "it holds a control character or one of * % \\")
    }
  }
}
