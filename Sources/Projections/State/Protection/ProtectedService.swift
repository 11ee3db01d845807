/// A protocol that is protected as a whole, whichever of its ports is used.
public enum ProtectedService: String, CaseIterable, Hashable, Sendable {
  /// Submission too.
  case smtp
  case imap, pop

  var code: UInt8 {
    switch self {
    case .smtp: 0
    case .imap: 1
    case .pop: 2
    }
  }

  init?(code: UInt8) {
    guard let service = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = service
  }
}
