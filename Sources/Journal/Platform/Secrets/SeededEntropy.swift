import Synchronization

/// A reproducible stream of bytes, for tests and simulations. Never for secrets.
public final class SeededEntropy: Entropy {
  private let state: Mutex<UInt64>

  public init(seed: UInt64) {
    state = Mutex(seed)
  }

  public func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    state.withLock { state in
      var index = 0
      while index < bytes.count {
        withUnsafeBytes(of: Self.next(&state).littleEndian) { word in
          let count = min(8, bytes.count - index)
          bytes[index..<index + count].copyBytes(from: word.prefix(count))
          index += count
        }
      }
    }
  }

  /// SplitMix64: every seed gives a full period of well mixed values.
  private static func next(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
