import Platform

/// Whom a resolver asks, how long it waits and how much it holds.
public struct ResolverSettings: Hashable, Sendable {
  /// The recursive resolvers, asked in turn; at most three count.
  public var servers: [SocketAddress]
  /// How long each attempt waits for its answer; their number is that of the attempts.
  public var patience: [Duration] = [.seconds(2), .seconds(3), .seconds(5)]
  /// How long connecting, asking and hearing by TCP may take together.
  public var streamPatience: Duration = .seconds(5)
  /// Questions in the air at once, each with a socket.
  public var outstanding = 10_000
  /// How long a question is left in the air when others wait for its place.
  public var courtesy = Duration.milliseconds(500)
  /// Questions that wait for one of those places.
  public var waiting = 100_000
  /// Answers kept, good and bad.
  public var cached = 20_000
  /// Seconds for which a failure to get an answer is remembered. RFC 9520 §3.2
  public var failureTime: UInt32 = 15

  public init(servers: [SocketAddress]) { self.servers = Array(servers.prefix(3)) }

  /// The resolvers of this machine: those of /etc/resolv.conf.
  public static func ofMachine(file path: String = "/etc/resolv.conf") -> ResolverSettings {
    let text = try? Descriptor.open(path, [.read]).readAll(limit: 65_536)
    return ResolverSettings(servers: servers(in: String(decoding: text ?? [], as: UTF8.self)))
  }

  /// The first three `nameserver` lines; this machine itself where there are none, as libresolv
  /// has it. Addresses with a zone are passed over.
  static func servers(in text: String) -> [SocketAddress] {
    var servers: [SocketAddress] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard words.count >= 2, words[0] == "nameserver", let address = IPAddress(String(words[1]))
      else { continue }
      servers.append(.ip(address, port: 53))
    }
    return servers.isEmpty ? [.ip(.loopbackV4, port: 53)] : Array(servers.prefix(3))
  }
}
