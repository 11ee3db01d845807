/// Which identity is shown for which host name.
struct IdentityTable {
  private var byName: [String: TLSIdentity] = [:]
  /// Those that were given for a name, whatever their certificates say.
  private var named: [String: TLSIdentity] = [:]
  private var first: TLSIdentity?

  /// A table without identities, for a client.
  init() {}

  /// Nil without an identity. Where two certificates have a name in common, the earlier is shown.
  init?(_ identities: [TLSIdentity], named: [String: TLSIdentity] = [:]) {
    guard let first = identities.first else { return nil }
    self.first = first
    for (name, identity) in named { self.named[name.lowercased()] = identity }
    for identity in identities {
      for name in identity.hostNames where byName[name] == nil { byName[name] = identity }
    }
  }

  /// The identity given for the name; the one whose certificate has it, or the wildcard of its
  /// parent; the one given for the nearest domain above it; else the first. RFC 9525 §6.3
  func identity(for hostName: String?) -> TLSIdentity? {
    guard let name = hostName?.lowercased() else { return first }
    if let exact = named[name] ?? byName[name] { return exact }
    var rest = Substring(name)
    if let dot = rest.firstIndex(of: "."), let parent = byName["*" + rest[dot...]] {
      return parent
    }
    while !named.isEmpty, let dot = rest.firstIndex(of: ".") {
      rest = rest[rest.index(after: dot)...]
      if let domain = named[String(rest)] { return domain }
    }
    return first
  }
}
