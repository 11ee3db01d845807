import Network
import Platform

/// One entry of the setting `tls.certificates`: PEM files for a host, or for a domain with all hosts
/// below it.
struct CertificateFiles: Hashable, Sendable {
  let name: String
  let chain: String
  let key: String

  /// Reads `name=chain.pem:key.pem`; nil for text that the setting would have refused.
  init?(_ text: String) {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let files = text[text.index(after: equals)...].split(separator: ":").map(String.init)
    guard files.count == 2 else { return nil }
    (name, chain, key) = (String(text[..<equals]), files[0], files[1])
  }

  /// What tells one content of the two files from another: changes when either is replaced or
  /// written to.
  func stamp() throws(SystemError) -> [FileStatus] {
    [
      try Descriptor.open(chain, [.read]).status(), try Descriptor.open(key, [.read]).status(),
    ]
  }

  func identity() throws(TLSRefusal) -> TLSIdentity {
    try TLSIdentity(chainFile: chain, keyFile: key)
  }
}
