/// A keyword of the protocol: letters compare without case, and it is never longer than 32 octets.
struct Word: Hashable, Sendable, CustomStringConvertible {
  /// In upper case.
  let octets: [UInt8]

  /// A word from the wire, in any case.
  init(_ octets: ArraySlice<UInt8>) {
    self.octets = octets.prefix(32).map(OctetClass.upper)
  }

  init(_ text: StaticString) {
    self.octets = Array(text.description.utf8)
  }

  var description: String { String(decoding: octets, as: UTF8.self) }
}

extension Word {
  /// The word of a UID command: `UID FETCH` from `FETCH`.
  init(uid word: Word) { self.octets = Array("UID ".utf8) + word.octets }
}
