import Platform

/// What greylisting knows of a client's network, a sender and a recipient: a digest of the three
/// under the server's own key, so that nothing of them can be read from it.
public struct Triplet: RawRepresentable, FieldValue {
  public let rawValue: ID

  public init(rawValue: ID) { self.rawValue = rawValue }
}
