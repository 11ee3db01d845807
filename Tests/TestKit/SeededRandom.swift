import Platform

/// Random numbers that a seed gives again, so that a failing test can be run once more.
///
/// Works with everything of the standard library that takes a generator: `shuffled(using:)`,
/// `Int.random(in:using:)`, `randomElement(using:)`.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private let entropy: SeededEntropy

  public init(seed: UInt64) {
    entropy = SeededEntropy(seed: seed)
  }

  public mutating func next() -> UInt64 { entropy.uint64() }

  /// `count` random bytes.
  public func bytes(_ count: Int) -> [UInt8] { entropy.bytes(count) }
}
