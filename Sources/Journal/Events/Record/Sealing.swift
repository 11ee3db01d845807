/// The facts of sealing that must never change.
public enum Sealing {
  /// HKDF label of the key that seals personal parts, under a slot's key or a message's data key.
  public static let eventLabel = "daybook/event/1"
  /// HKDF label of the key that seals the chunks of a body, under the message's data key.
  public static let contentLabel = "daybook/content/1"
  /// HKDF label of the key under which data keys are wrapped, under a slot's key.
  public static let wrapLabel = "daybook/wrap/1"
  /// Octets of the random nonce that a sealed part begins with.
  public static let nonceCount = 12
  /// Octets of the tag that a sealed part ends with.
  public static let tagCount = 16

  /// `nonce || ciphertext || tag`: the parts of a sealed byte string, or nil where it is too short.
  public static func parts(of sealed: Range<Int>) -> (nonce: Range<Int>, body: Range<Int>)? {
    guard sealed.count >= nonceCount + tagCount else { return nil }
    let middle = sealed.lowerBound + nonceCount
    return (sealed.lowerBound..<middle, middle..<sealed.upperBound)
  }
}
