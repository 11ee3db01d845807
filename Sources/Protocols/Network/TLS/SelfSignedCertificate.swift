import CPlatform
import Platform

/// The certificate a server makes for itself where it is given none: ECDSA P-256, signed by its own
/// key, so that mail can be encrypted from the first start. Nobody vouches for it.
public enum SelfSignedCertificate {
  /// Under 825 days, the longest that Apple's clients take.
  public static let validity: Int64 = 820 * 86_400
  /// A stored certificate is made anew when less than this is left.
  public static let renewal: Int64 = 30 * 86_400

  /// PEM texts.
  public struct Files: Hashable, Sendable {
    public let certificate: [UInt8]
    public let key: [UInt8]
  }

  /// Makes a certificate for `hostNames`, `localhost` and the loopback addresses.
  ///
  /// - Throws: `TLSRefusal` where a name is not one a certificate can carry.
  public static func make(
    hostNames: [String], addresses: [IPAddress] = [], now: Timestamp
  ) throws(TLSRefusal) -> Files {
    var names: [String] = []
    for name in hostNames + ["localhost"] where !names.contains(name.lowercased()) {
      guard isHostName(name) else { throw TLSRefusal(subject: name, reason: "not a host name") }
      names.append(name.lowercased())
    }
    for address in addresses + [.loopbackV4, .loopbackV6] { names.append("IP:\(address)") }
    let made = Made()
    let from = now.seconds - 3_600
    let done = daybook_identity_make(
      names.joined(separator: "\n"), from, from + validity,
      Unmanaged.passUnretained(made).toOpaque(),
      { context, certificate, key in
        guard let context, let certificate, let key else { return }
        let made = Unmanaged<Made>.fromOpaque(context).takeUnretainedValue()
        made.certificate = Array(String(cString: certificate).utf8)
        made.key = Array(String(cString: key).utf8)
      })
    guard done == 1 else { throw TLSRefusal(subject: names[0], reason: "OpenSSL refuses") }
    return Files(certificate: made.certificate, key: made.key)
  }

  /// The identity kept in `directory` as `self-made.crt` and `self-made.key`, both of mode 0600.
  ///
  /// It is made where there is none, where it cannot be read, where it lacks a name, or where it
  /// ends within 30 days.
  ///
  /// - Parameter stores: whether a new one is kept there.
  public static func identity(
    in directory: String, hostNames: [String], now: Timestamp, stores: Bool = true
  ) throws -> TLSIdentity {
    let certificatePath = "\(directory)/self-made.crt"
    let keyPath = "\(directory)/self-made.key"
    if Directory.exists(certificatePath),
      let kept = try? TLSIdentity(chainFile: certificatePath, keyFile: keyPath),
      kept.validUntil.seconds - now.seconds > renewal,
      hostNames.allSatisfy({ kept.hostNames.contains($0.lowercased()) })
    {
      return kept
    }
    let files = try make(hostNames: hostNames, now: now)
    let identity = try TLSIdentity(chain: files.certificate, key: files.key, subject: "self-made")
    guard stores else { return identity }
    try store(files.key, at: keyPath)
    try store(files.certificate, at: certificatePath)
    try Directory.sync(directory)
    return identity
  }

  private static func store(_ bytes: [UInt8], at path: String) throws(SystemError) {
    do {
      let file = try Descriptor.open("\(path).new", [.write, .create, .truncate], mode: 0o600)
      try file.write(bytes)
      try file.fsync()
    }
    try Directory.rename("\(path).new", to: path)
  }

  private static func isHostName(_ name: String) -> Bool {
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...253).contains(name.utf8.count) else { return false }
    return labels.allSatisfy { label in
      (1...63).contains(label.count)
        && label.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f, 0x2a: true
          default: false
          }
        }
    }
  }

  private final class Made {
    var certificate: [UInt8] = []
    var key: [UInt8] = []
  }
}
