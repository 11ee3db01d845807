/// Which untagged updates may be sent before a command's tagged response. RFC 3501 §5.5, §7.4.1
enum UpdatePolicy: Sendable {
  /// None at all: the client is in the middle of something.
  case none
  /// New messages and flags, but no EXPUNGE, which would renumber what the client still refers to.
  case withoutExpunges
  case all
}
