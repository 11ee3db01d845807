/// The header field that is being read, unfolded as its lines come.
struct FieldBuffer: Sendable {
  enum State {
    case none, ignored
    case kept(FieldKind)
  }

  private(set) var state = State.none
  private(set) var value: [UInt8] = []
  private(set) var isCapped = false

  /// Begins a field; that of a kind which is not looked into is not kept.
  mutating func begin(_ kind: FieldKind?, _ text: Span<UInt8>, limit: Int) {
    value.removeAll(keepingCapacity: true)
    isCapped = false
    state = kind.map { .kept($0) } ?? .ignored
    append(text, limit: limit)
  }

  /// Adds a continuation line, with the blanks in front of it.
  mutating func append(_ text: Span<UInt8>, limit: Int) {
    guard case .kept = state else { return }
    let room = limit - value.count
    if text.count > room { isCapped = true }
    var index = 0
    while index < text.count, index < room {
      value.append(text[index])
      index += 1
    }
  }

  mutating func end() {
    state = .none
    value.removeAll(keepingCapacity: value.capacity <= 4096)
  }
}
