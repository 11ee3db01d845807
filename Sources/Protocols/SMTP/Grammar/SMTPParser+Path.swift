extension SMTPParser {
  /// Which local parts may stand without a domain.
  enum Domainless { case never, postmaster, anyLocalPart }

  /// `[ A-d-l ":" ] Mailbox`: a source route is read and ignored. RFC 5321 §4.1.2, appendix C
  mutating func path(domainless: Domainless) throws(SyntaxFault) -> MailPath {
    if next == UInt8(ascii: "@") { try skipSourceRoute() }
    let localPart = try localPart()
    guard take(UInt8(ascii: "@")) else {
      let isPostmaster = localPart.map(Octet.uppercased) == Array("POSTMASTER".utf8)
      guard domainless == .anyLocalPart || (domainless == .postmaster && isPostmaster),
        isValidText(localPart)
      else { throw .address }
      return MailPath(localPart: localPart, domain: [])
    }
    let domain =
      next == UInt8(ascii: "[") ? try addressLiteral() : try domain()
    let path = MailPath(localPart: localPart, domain: domain)
    guard isValidText(path.localPart), isValidText(path.domain) else { throw .address }
    return path
  }

  private mutating func skipSourceRoute() throws(SyntaxFault) {
    repeat {
      guard take(UInt8(ascii: "@")) else { throw .address }
      _ = try domain()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: ":")) else { throw .address }
  }

  /// `Dot-string / Quoted-string`, at most 64 octets. RFC 5321 §4.5.3.1.1
  private mutating func localPart() throws(SyntaxFault) -> [UInt8] {
    let text =
      take(UInt8(ascii: "\"")) ? try quotedString() : try dotString()
    guard !text.isEmpty, text.count <= 64 else { throw .address }
    return text
  }

  private mutating func dotString() throws(SyntaxFault) -> [UInt8] {
    let start = index
    var previousIsDot = true
    while let octet = next {
      if octet == UInt8(ascii: ".") {
        guard !previousIsDot else { throw .address }
        previousIsDot = true
      } else if Octet.isAtomText(octet) {
        previousIsDot = false
      } else {
        break
      }
      index += 1
    }
    guard !previousIsDot else { throw .address }
    return octets(start, index)
  }

  private mutating func quotedString() throws(SyntaxFault) -> [UInt8] {
    var text: [UInt8] = []
    while let octet = next {
      index += 1
      if octet == UInt8(ascii: "\"") { return text }
      guard octet == UInt8(ascii: "\\") else {
        guard octet >= 0x20, octet != 0x7F else { throw .address }
        text.append(octet)
        continue
      }
      guard let escaped = next, (0x20...0x7E).contains(escaped) else { throw .address }
      index += 1
      text.append(escaped)
    }
    throw .address
  }

  /// `sub-domain *("." sub-domain)`, labels of at most 63 octets that begin and end with a
  /// letter or digit; the A-label of a label in UTF-8 is measured later. RFC 5321 §4.5.3.1.2
  private mutating func domain() throws(SyntaxFault) -> [UInt8] {
    let start = index
    repeat {
      let label = index
      var isWide = false
      while let octet = next, Octet.isDomainText(octet) {
        isWide = isWide || octet >= 0x80
        index += 1
      }
      guard index > label, isWide || index - label <= 63,
        line[label] != UInt8(ascii: "-"), line[index - 1] != UInt8(ascii: "-")
      else { throw .address }
    } while take(UInt8(ascii: "."))
    guard index - start <= 255 else { throw .address }
    return octets(start, index)
  }

  /// `"[" ( IPv4 / IPv6 / General ) "]"`: its octets, checked for shape only.
  private mutating func addressLiteral() throws(SyntaxFault) -> [UInt8] {
    let start = index
    index += 1
    while let octet = next, octet != UInt8(ascii: "]") {
      guard octet > 0x20, octet < 0x7F, octet != UInt8(ascii: "["), octet != UInt8(ascii: "\\")
      else { throw .address }
      index += 1
    }
    guard take(UInt8(ascii: "]")), index - start > 2, index - start <= 255 else { throw .address }
    return octets(start, index)
  }

  private func isValidText(_ octets: [UInt8]) -> Bool {
    octets.allSatisfy { $0 < 0x80 } || String(validating: octets, as: UTF8.self) != nil
  }
}
