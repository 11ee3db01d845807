/// Searches that look at eight octets at a time: bodies go through them.
extension Span<UInt8> {
  /// The place of the first line feed at or behind `start`; `count` where there is none.
  func lineFeed(from start: Int) -> Int {
    first(from: start) {
      $0 == .lineFeed
    } test: { word in
      // An octet of the difference is zero where the word has a line feed.
      let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
      return (difference &- 0x0101_0101_0101_0101) & ~difference
    }
  }

  /// The place of the first octet at or behind `start` that is a control up to CR, as CR, LF, NUL
  /// and HT are; `count` where there is none.
  public func lineControl(from start: Int) -> Int {
    first(from: start) {
      $0 <= .carriageReturn
    } test: { word in
      (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word
    }
  }

  /// - Parameter test: sets the top bit of the first octet that matches, and of none before it.
  @inline(__always) private func first(
    from start: Int, isMatch: (UInt8) -> Bool, test: (UInt64) -> UInt64
  ) -> Int {
    var index = start
    while index + 8 <= count {
      let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let found = test(UInt64(littleEndian: word)) & 0x8080_8080_8080_8080
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count, !isMatch(self[index]) { index += 1 }
    return index
  }
}
