/// What a listing tells of each message. RFC 1939 §5, §7
enum Listing: Hashable, Sendable {
  case sizes, uniqueIDs

  /// The line for one message, without CRLF.
  func line(_ number: UInt64, _ entry: Maildrop.Entry, in maildrop: Maildrop) -> String {
    switch self {
    case .sizes: "\(number) \(entry.size)"
    case .uniqueIDs: "\(number) \(maildrop.uniqueID(entry))"
    }
  }
}
