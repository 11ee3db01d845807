/// What a client knows of its selected mailbox from the responses it heard, and nothing else.
struct Mirror {
  struct Message: Hashable {
    var uid: UInt32?
    var flags: Set<String>?
  }

  struct Confused: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var messages: [Message] = []
  private var interrupted: Int?

  /// Takes a response. `mayExpunge` is false while a command refers to messages by number.
  mutating func hear(_ line: String, mayExpunge: Bool) throws {
    // What follows a literal belongs to the response that it interrupted.
    if line.hasPrefix(" "), let interrupted { return try fetched(interrupted, line) }
    let words = line.split(separator: " ", maxSplits: 3).map(String.init)
    guard words.count >= 3, words[0] == "*", let number = Int(words[1]) else { return }
    switch words[2] {
    case "EXISTS":
      guard number >= messages.count else { throw Confused(description: "shrunk: \(line)") }
      while messages.count < number { messages.append(Message()) }
    case "EXPUNGE":
      guard mayExpunge, messages.indices.contains(number - 1) else {
        throw Confused(description: "of \(messages.count): \(line)")
      }
      messages.remove(at: number - 1)
    case "FETCH":
      guard messages.indices.contains(number - 1) else {
        throw Confused(description: "of \(messages.count): \(line)")
      }
      interrupted = number - 1
      try fetched(number - 1, words[3])
    default: return
    }
  }

  private mutating func fetched(_ index: Int, _ items: String) throws {
    if let uid = Mirror.between(items, "UID ", " )").flatMap({ UInt32($0) }) {
      guard messages[index].uid ?? uid == uid else {
        throw Confused(description: "UID \(messages[index].uid ?? 0) became \(uid)")
      }
      messages[index].uid = uid
    }
    if let flags = Mirror.between(items, "FLAGS (", ")") {
      messages[index].flags = Set(flags.split(separator: " ").map(String.init))
        .subtracting(["\\Recent"])
    }
  }

  /// What follows `start` up to one of the characters in `ends`.
  private static func between(_ text: String, _ start: String, _ ends: String) -> String? {
    guard let range = text.firstRange(of: start) else { return nil }
    return String(text[range.upperBound...].prefix { !ends.contains($0) })
  }

  /// Changes flags as a client does that asked not to be told.
  mutating func assume(_ index: Int, _ mode: String, _ flags: Set<String>) {
    guard let old = messages[index].flags else { return }
    switch mode {
    case "+": messages[index].flags = old.union(flags)
    case "-": messages[index].flags = old.subtracting(flags)
    default: messages[index].flags = flags
    }
  }
}

extension StringProtocol {
  /// The first place where `text` occurs.
  func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
