/// Which identity is shown for which host name.
struct IdentityTable {
  private var byName: [String: TLSIdentity] = [:]
  private var first: TLSIdentity?

  /// A table without identities, for a client.
  init() {}

  /// Nil without an identity. Where two have a name in common, the earlier is shown.
  init?(_ identities: [TLSIdentity]) {
    guard let first = identities.first else { return nil }
    self.first = first
    for identity in identities {
      for name in identity.hostNames where byName[name] == nil { byName[name] = identity }
    }
  }

  /// The identity that has the name, else the one with the wildcard of its parent, else the first.
  /// RFC 9525 §6.3
  func identity(for hostName: String?) -> TLSIdentity? {
    guard let name = hostName?.lowercased() else { return first }
    if let exact = byName[name] { return exact }
    if let dot = name.firstIndex(of: "."), let parent = byName["*" + name[dot...]] { return parent }
    return first
  }
}
