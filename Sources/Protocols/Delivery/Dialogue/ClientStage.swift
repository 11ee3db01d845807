/// How far a conversation with a server has come.
public enum ClientStage: String, Hashable, Sendable {
  case connect, greeting, hello, encryption, authentication
  case mail, recipient, data, body
  /// The final dot is on its way and the answer to it is not here.
  case end
  case reset, quit
}
