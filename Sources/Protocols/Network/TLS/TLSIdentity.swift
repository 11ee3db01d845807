import CPlatform
import Platform

/// A certificate chain with its private key: what a server shows for some host names.
public final class TLSIdentity: @unchecked Sendable {
  // Safe to share: never changed after it was made; OpenSSL counts references atomically.
  let pointer: OpaquePointer
  /// The DNS names of the certificate in lower case, wildcards among them (`*.example.com`).
  public let hostNames: [String]
  /// The addresses the certificate names.
  public let addresses: [IPAddress]
  public let validFrom: Timestamp
  public let validUntil: Timestamp
  /// SHA-256 of the certificate.
  public let fingerprint: Digest

  /// Reads PEM texts: the certificate first, then its chain; and the key, without passphrase.
  ///
  /// - Throws: `TLSRefusal` where a part is missing or the key is another certificate's.
  public init(chain: [UInt8], key: [UInt8], subject: String = "PEM text") throws(TLSRefusal) {
    var reason = [CChar](repeating: 0, count: 200)
    let made = daybook_identity_read(chain, chain.count, key, key.count, &reason, reason.count)
    guard let made else { throw TLSRefusal(subject: subject, reason: text(reason)) }
    pointer = made
    let names = Names()
    daybook_identity_names(
      made, Unmanaged.passUnretained(names).toOpaque(),
      { context, name, isAddress in
        guard let context, let name else { return }
        Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
          .add(String(cString: name), isAddress: isAddress == 1)
      })
    hostNames = names.hosts
    addresses = names.addresses
    var from: Int64 = 0
    var until: Int64 = 0
    daybook_identity_validity(made, &from, &until)
    validFrom = Timestamp(seconds: from)
    validUntil = Timestamp(seconds: until)
    var digest = [UInt8](repeating: 0, count: 32)
    daybook_identity_fingerprint(made, &digest)
    fingerprint = Digest(bytes: digest) ?? SHA256.digest([])
  }

  deinit { daybook_identity_free(pointer) }

  /// Reads the identity from two PEM files; they may be one and the same.
  public convenience init(chainFile: String, keyFile: String) throws(TLSRefusal) {
    let chain = try Self.read(chainFile)
    let key = try Self.read(keyFile)
    try self.init(chain: chain, key: key, subject: chainFile)
  }

  private static func read(_ path: String) throws(TLSRefusal) -> [UInt8] {
    do {
      return try Descriptor.open(path, [.read]).readAll(limit: 1 << 20)
    } catch {
      throw TLSRefusal(subject: path, reason: "\(error)")
    }
  }

  private final class Names {
    var hosts: [String] = []
    var addresses: [IPAddress] = []

    func add(_ name: String, isAddress: Bool) {
      if !isAddress {
        hosts.append(name.lowercased())
      } else if let address = IPAddress(name) {
        addresses.append(address)
      }
    }
  }
}

/// The text of a C buffer up to its NUL.
func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
