import Network

/// Why a conversation with a server cannot go on.
public enum SessionFailure: Error, Hashable, Sendable {
  /// The connection was not made, was lost, or a deadline passed.
  indirect case connection(ConnectionFailure, ClientStage)
  /// The server said what ends the conversation here: a refusal, or an answer out of place.
  indirect case reply(ServerReply, ClientStage)
  /// What the server said is no reply, or goes on without end.
  case malformed(ClientStage)
  /// TLS is required and the server does not offer it.
  case noEncryption
  /// The TLS handshake failed, or the certificate is not the server's.
  indirect case encryption(String)
  /// Octets in clear came behind the answer to STARTTLS: somebody on the way speaks too.
  case injection
  /// The server offers no way to sign in that may be used here.
  case noMechanism
  /// The server is this one.
  case loop
  /// Nothing was sent or will be: the message cannot go on the wire as it is.
  case bareLineEnd
  /// The source of the message failed.
  indirect case source(String)
  /// The hook before the final dot failed; the message was not ended.
  indirect case hook(String)

  /// The status a report gives. RFC 3463 §3
  public var status: EnhancedStatus {
    switch self {
    case .connection(_, .connect): EnhancedStatus(4, 4, 1)
    case .connection: EnhancedStatus(4, 4, 2)
    case .reply(let reply, .authentication): reply.status ?? EnhancedStatus(4, 7, 8)
    case .reply(let reply, _): reply.status ?? EnhancedStatus(4, 5, 0)
    case .malformed: EnhancedStatus(4, 5, 0)
    case .noEncryption: EnhancedStatus(4, 7, 4)
    case .encryption, .injection: EnhancedStatus(4, 7, 5)
    case .noMechanism: EnhancedStatus(4, 7, 8)
    case .loop: EnhancedStatus(5, 4, 6)
    case .bareLineEnd: EnhancedStatus(5, 6, 0)
    case .source, .hook: EnhancedStatus(4, 3, 0)
    }
  }

  /// The stage it happened at, where the conversation had one.
  public var stage: ClientStage {
    switch self {
    case .connection(_, let stage), .reply(_, let stage), .malformed(let stage): stage
    case .noEncryption, .encryption, .injection: .encryption
    case .noMechanism: .authentication
    case .loop: .hello
    case .bareLineEnd, .source, .hook: .body
    }
  }

  /// What is shown to people; without personal data but for what the server said.
  public var text: String {
    switch self {
    case .connection(.timedOut, let stage): "no answer in time (\(stage))"
    case .connection(.lost(let error), let stage): "connection lost (\(stage)): \(error)"
    case .connection(let failure, let stage): "connection lost (\(stage)): \(failure)"
    case .reply(let reply, _): reply.text
    case .malformed(let stage): "the server's answer cannot be understood (\(stage))"
    case .noEncryption: "TLS is required and not offered"
    case .encryption(let reason): "TLS failed: \(reason)"
    case .injection: "text in clear behind STARTTLS"
    case .noMechanism: "no way to sign in that may be used"
    case .loop: "the mail server is this one: mail loops back"
    case .bareLineEnd: "the message has a bare CR or LF"
    case .source(let reason): "the message cannot be read: \(reason)"
    case .hook(let reason): "not sent: \(reason)"
    }
  }
}
