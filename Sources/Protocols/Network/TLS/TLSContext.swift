import COpenSSL
import CPlatform
import Platform
import Synchronization

/// One side of TLS: how it is spoken, and with which certificates or trust.
///
/// A server's certificates are chosen in each handshake by the host name the client asks for (SNI).
/// They and the least version may be changed while it runs: the next handshake goes by the new ones.
/// TLS 1.2 at least, forward secrecy, no renegotiation, no compression.
public final class TLSContext: @unchecked Sendable {
  // Safe to share: the pointer never changes, the rest is behind its lock.
  let pointer: OpaquePointer
  let isServer: Bool
  /// Whether a client checks the server's certificate.
  let verifies: Bool
  private struct Terms {
    var identities: IdentityTable
    var floor: TLSFloor
  }

  private let terms: Mutex<Terms>
  private let tickets: Mutex<TicketKeys>
  private let clock: any Clock
  private let entropy: any Entropy

  /// The server's side.
  ///
  /// - Parameters:
  ///   - identities: by their names; the first is shown to who asks for none of them.
  ///   - floor: the least version.
  /// - Throws: `TLSRefusal` without an identity.
  public init(
    server identities: [TLSIdentity], floor: TLSFloor = .tls12,
    clock: any Clock = SystemClock(), entropy: any Entropy = SystemEntropy()
  ) throws(TLSRefusal) {
    guard let table = IdentityTable(identities) else {
      throw TLSRefusal(subject: "server", reason: "it has no certificate")
    }
    pointer = try Self.make(isServer: true)
    isServer = true
    verifies = false
    terms = Mutex(Terms(identities: table, floor: floor))
    self.clock = clock
    self.entropy = entropy
    tickets = Mutex(TicketKeys(now: clock.sinceBoot(), entropy: entropy))
    let me = Unmanaged.passUnretained(self).toOpaque()
    daybook_tls_on_hello(pointer, chooseIdentity, me)
    guard daybook_tls_on_ticket(pointer, findTicketKeys, me) == 1 else {
      throw TLSRefusal(subject: "server", reason: "session tickets are refused")
    }
  }

  /// What a client trusts.
  public enum Trust: Hashable, Sendable {
    /// The roots of the system.
    case system
    /// The certificates in a PEM file.
    case file(String)
    /// Everyone: the connection is encrypted, but with whom is not known.
    case anyone
  }

  /// The client's side.
  public init(client trust: Trust, floor: TLSFloor = .tls12) throws(TLSRefusal) {
    pointer = try Self.make(isServer: false)
    isServer = false
    verifies = trust != .anyone
    terms = Mutex(Terms(identities: IdentityTable(), floor: floor))
    clock = SystemClock()
    entropy = SystemEntropy()
    tickets = Mutex(TicketKeys(now: 0, entropy: entropy))
    switch trust {
    case .anyone: break
    case .system:
      guard daybook_tls_trust(pointer, nil) == 1 else {
        throw TLSRefusal(subject: "system trust", reason: "it cannot be read")
      }
    case .file(let path):
      guard daybook_tls_trust(pointer, path) == 1 else {
        throw TLSRefusal(subject: path, reason: "no certificates in it")
      }
    }
  }

  deinit { SSL_CTX_free(pointer) }

  /// Replaces a server's identities; the first is shown to who asks for none of their names.
  ///
  /// - Parameter named: identities for names that their certificates need not have: a host, or a
  ///   domain with all hosts below it. They go before the names of the certificates.
  public func reload(
    _ identities: [TLSIdentity], named: [String: TLSIdentity] = [:]
  ) throws(TLSRefusal) {
    guard let table = IdentityTable(identities, named: named) else {
      throw TLSRefusal(subject: "server", reason: "it has no certificate")
    }
    terms.withLock { $0.identities = table }
  }

  /// Changes the least version; handshakes that have begun keep theirs.
  public func require(_ floor: TLSFloor) { terms.withLock { $0.floor = floor } }

  /// The least version that is spoken now.
  public var floor: TLSFloor { terms.withLock { $0.floor } }

  /// The identity a client that asks for `hostName` is shown.
  public func identity(for hostName: String?) -> TLSIdentity? {
    terms.withLock { $0.identities.identity(for: hostName) }
  }

  fileprivate func ticketKeys(named name: UnsafePointer<UInt8>?) -> (keys: [UInt8], isOld: Bool)? {
    tickets.withLock { tickets in
      tickets.rotate(now: clock.sinceBoot(), entropy: entropy)
      guard let name else { return (tickets.current, false) }
      return tickets.find(Array(UnsafeBufferPointer(start: name, count: TicketKeys.nameCount)))
    }
  }

  private static func make(isServer: Bool) throws(TLSRefusal) -> OpaquePointer {
    let least = TLSFloor.tls12
    guard let made = daybook_tls_context(isServer ? 1 : 0, least.code) else {
      throw TLSRefusal(subject: "OpenSSL", reason: "it refuses TLS \(least.rawValue)")
    }
    return made
  }
}

/// OpenSSL asks which certificate to show. 1 goes on, 0 ends the handshake with an alert.
private func chooseIdentity(_ ssl: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> Int32 {
  guard let ssl, let argument else { return 0 }
  let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
  let name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
  guard let identity = context.identity(for: name) else { return 0 }
  return daybook_identity_use(identity.pointer, ssl)
}

/// OpenSSL asks for the keys of a session ticket.
private func findTicketKeys(
  _ argument: UnsafeMutableRawPointer?, _ name: UnsafePointer<UInt8>?,
  _ keys: UnsafeMutablePointer<UInt8>?
) -> Int32 {
  guard let argument, let keys else { return 0 }
  let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
  guard let found = context.ticketKeys(named: name) else { return 0 }
  keys.update(from: found.keys, count: TicketKeys.count)
  return found.isOld ? 2 : 1
}
