/// The kinds of records that are asked for, by their numbers in the protocol.
public enum DNSType: UInt16, Hashable, Sendable, CaseIterable {
  case address = 1
  case alias = 5
  case authority = 6
  case pointer = 12
  case exchange = 15
  case text = 16
  case address6 = 28
  /// RFC 6698 §2
  case association = 52
}

/// What is asked: the records of one type at one name.
public struct DNSQuestion: Hashable, Sendable {
  public let name: DNSName
  public let type: DNSType

  public init(_ name: DNSName, _ type: DNSType) {
    self.name = name
    self.type = type
  }
}
