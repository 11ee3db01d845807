/// One field of an event type, as the catalogue of events shows it.
public struct Field: Hashable, Sendable {
  public let name: String
  public let shape: String
  public let fieldClass: FieldClass
  public let isOptional: Bool
}
