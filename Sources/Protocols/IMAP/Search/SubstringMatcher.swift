/// Looks for one text in octets that come in pieces, in linear time (Knuth, Morris, Pratt).
struct SubstringMatcher: Sendable {
  let needle: [UInt8]
  /// For each length of match, the longest shorter one that the same octets also end.
  private let shorter: [Int]
  private var matched = 0
  private(set) var isFound: Bool

  /// A matcher for `needle`, which is folded. The empty text is found in anything.
  init(folded needle: [UInt8]) {
    var shorter = Array(repeating: 0, count: needle.count + 1)
    var length = 0
    for index in needle.indices.dropFirst() {
      while length > 0, needle[index] != needle[length] { length = shorter[length] }
      if needle[index] == needle[length] { length += 1 }
      shorter[index + 1] = length
    }
    self.needle = needle
    self.shorter = shorter
    isFound = needle.isEmpty
  }

  /// Takes the next octets, which are folded.
  mutating func feed(_ octets: some Sequence<UInt8>) {
    guard !isFound else { return }
    for octet in octets {
      while matched > 0, needle[matched] != octet { matched = shorter[matched] }
      guard needle[matched] == octet else { continue }
      matched += 1
      if matched == needle.count {
        isFound = true
        return
      }
    }
  }

  /// Forgets what was half matched: what comes next is another text.
  mutating func endOfText() { matched = 0 }
}
