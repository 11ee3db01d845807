/// Where unpredictable bytes come from. Nothing else in the project makes any.
public protocol Entropy: Sendable {
  /// Overwrites all of `bytes`.
  func fill(_ bytes: UnsafeMutableRawBufferPointer)
}

extension Entropy {
  /// `count` bytes.
  public func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      fill(UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// Sixty-four random bits.
  public func uint64() -> UInt64 {
    var value: UInt64 = 0
    withUnsafeMutableBytes(of: &value) { fill($0) }
    return value
  }

  /// An id of 128 random bits.
  public func id() -> ID {
    ID(high: uint64(), low: uint64())
  }

  /// A UUIDv7 of `time`. Ids of one microsecond are in no order; the Scribe orders its own.
  public func timedID(at time: Timestamp) -> ID {
    ID.timed(time, random: (uint64(), 0))
  }

  /// A new key.
  public func key() -> Key {
    Key(octets: Octets32 { fill($0) })
  }

  /// A number of `range`, each as likely as the others.
  public func number(in range: ClosedRange<UInt64>) -> UInt64 {
    var source = EntropyGenerator(entropy: self)
    return UInt64.random(in: range, using: &source)
  }
}

/// An `Entropy` in the form the standard library's shuffles and choices ask for.
public struct EntropyGenerator: RandomNumberGenerator {
  let entropy: any Entropy

  public init(entropy: any Entropy) {
    self.entropy = entropy
  }

  public mutating func next() -> UInt64 { entropy.uint64() }
}
