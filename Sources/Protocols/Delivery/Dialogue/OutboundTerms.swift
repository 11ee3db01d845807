import Network

/// How a server is spoken to.
public struct OutboundTerms: Hashable, Sendable {
  /// How far TLS goes.
  public enum Security: Hashable, Sendable {
    case never
    /// STARTTLS where it is offered, with whoever is there; in clear where it fails. RFC 7435
    case opportunistic
    /// STARTTLS, or nothing is sent. `verified`: and only to the server the certificate names.
    case required(verified: Bool)
    /// TLS from the first octet. RFC 8314 §3
    case implicit(verified: Bool)

    var verifies: Bool {
      switch self {
      case .never, .opportunistic: false
      case .required(let verified), .implicit(let verified): verified
      }
    }
  }

  /// The name this side gives in EHLO.
  public var helloName: String
  /// LMTP: LHLO, and an answer per recipient after the final dot. RFC 2033 §4
  public var isLocal = false
  public var security = Security.opportunistic
  public var credentials: OutboundCredentials?
  /// Addresses to connect from; the first of the peer's family is used.
  public var sources: [IPAddress] = []
  public var bareLineEnds = BareLineEnds.repair
  /// Names of this server in lower case: a server that calls itself so is this one.
  public var ownNames: Set<String> = []
  public var times = OutboundTimes()

  public init(helloName: String) { self.helloName = helloName }
}

/// A name and password for AUTH.
public struct OutboundCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  public let name: String
  let password: [UInt8]
  /// Whether PLAIN and LOGIN may be used without TLS.
  public let allowsClearText: Bool

  public init(name: String, password: [UInt8], allowsClearText: Bool = false) {
    self.name = name
    self.password = password
    self.allowsClearText = allowsClearText
  }

  public var description: String { "OutboundCredentials(hidden)" }
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// How long each step may take. RFC 5321 §4.5.3.2
public struct OutboundTimes: Hashable, Sendable {
  public var connect = Duration.seconds(30)
  public var greeting = Duration.seconds(300)
  /// EHLO, STARTTLS with its handshake, and each step of AUTH.
  public var hello = Duration.seconds(300)
  public var mail = Duration.seconds(300)
  public var recipient = Duration.seconds(300)
  public var data = Duration.seconds(120)
  /// For each 64 KiB of the message to leave.
  public var block = Duration.seconds(180)
  /// For the answer to the final dot; short ones make duplicates. RFC 1047
  public var end = Duration.seconds(600)
  public var quit = Duration.seconds(5)

  public init() {}

  /// The same time for every step.
  public init(all time: Duration) {
    connect = time
    greeting = time
    hello = time
    mail = time
    recipient = time
    data = time
    block = time
    end = time
    quit = time
  }

  func time(for stage: ClientStage) -> Duration {
    switch stage {
    case .connect: connect
    case .greeting: greeting
    case .hello, .encryption, .authentication: hello
    case .mail, .reset: mail
    case .recipient: recipient
    case .data: data
    case .body: block
    case .end: end
    case .quit: quit
    }
  }
}
