import Events

/// Where an alias leads: one or more full addresses, here or elsewhere, in canonical form.
public struct AliasTargets: Hashable, Sendable {
  public let addresses: [String]

  /// - Throws: `Refusal.invalid` where there is none, too many, or one that is no address.
  public init(_ texts: [String]) throws(Refusal) {
    guard (1...DecisionLimits.aliasTargets).contains(texts.count) else {
      throw .invalid(
        what: "targets", why: "an alias has 1 to \(DecisionLimits.aliasTargets) of them")
    }
    var addresses: [String] = []
    for text in texts {
      let address = try Self.canonical(text)
      if !addresses.contains(address) { addresses.append(address) }
    }
    self.addresses = addresses
  }

  /// The canonical form of a full address: local parts elsewhere keep their case. RFC 5321 §2.4
  static func canonical(_ text: String) throws(Refusal) -> String {
    guard let at = text.lastIndex(of: "@"), LocalPart(String(text[..<at])) != nil else {
      throw .invalid(what: "target", why: "\(text) is not an address such as user@example.org")
    }
    let local = text[..<at]
    guard local.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw .invalid(what: "target", why: "the local part holds a space or a control character")
    }
    return "\(local)@\(try DomainName(text[text.index(after: at)...]))"
  }
}
