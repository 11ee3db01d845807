import MailFormat

/// A message on standard input on its way to the server: line ends as on the wire, recipients taken
/// from its header, and the fields that a submitted message must have. RFC 6409 §8
struct OutgoingMessage {
  /// With CRLF line ends, and no dots doubled.
  private(set) var octets: [UInt8]
  private(set) var recipients: [String] = []

  private static let toFields = ["to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"]
  /// Addresses that one header may name.
  private static let mostRecipients = 10_000

  /// - Parameter input: as it was read; ends at a line with one dot unless dots are ignored.
  init(_ input: [UInt8], ignoresDots: Bool) {
    var lines: [ArraySlice<UInt8>] = []
    for line in input.split(separator: 10, omittingEmptySubsequences: false) {
      let line = line.last == 13 ? line.dropLast() : line
      if !ignoresDots, line.elementsEqual([UInt8(ascii: ".")]) { break }
      lines.append(line)
    }
    // What follows the last line end is no line.
    if lines.last?.isEmpty == true { lines.removeLast() }
    // An envelope line as mail boxes have it, which some programs leave in.
    if lines.first?.starts(with: Array("From ".utf8)) == true { lines.removeFirst() }
    octets = []
    octets.reserveCapacity(input.count + lines.count)
    if let first = lines.first, !first.isEmpty, !Self.isField(first) { octets += [13, 10] }
    for line in lines {
      for octet in line { octets += octet == 13 ? [13, 10] : [octet] }
      octets += [13, 10]
    }
  }

  /// Takes the recipients out of the header, and what names them in secret. RFC 5322 §3.6.3
  ///
  /// - Parameter excluded: addresses on the command line, which get no copy, as sendmail has it.
  mutating func readRecipients(excluding excluded: [String], host: String) {
    let block = HeaderBlock(octets)
    var found: [String] = []
    for field in block.fields where Self.toFields.contains(where: { block.isNamed(field, $0) }) {
      for address in MailAddress.list(block.value(field), limit: Self.mostRecipients) {
        guard let text = address.pathText(host: host), !excluded.contains(text) else { continue }
        if !found.contains(text) { found.append(text) }
      }
    }
    recipients = found
  }

  /// Drops Bcc, and completes From with the address of the sender: where it is missing, and where
  /// it holds an address without a domain, as that of cron.
  mutating func complete(sender: String, fullName: String?) {
    let block = HeaderBlock(octets)
    var from: MailAddress?
    var kept: [UInt8] = []
    var start = 0
    for field in block.fields {
      let isBcc = block.isNamed(field, "bcc") || block.isNamed(field, "resent-bcc")
      var isIncomplete = false
      if block.isNamed(field, "from") {
        let addresses = MailAddress.list(block.value(field), limit: 10)
        from = addresses.first
        isIncomplete = !addresses.contains { $0.host?.isEmpty == false }
      }
      guard isBcc || isIncomplete else { continue }
      if isIncomplete,
        let address = addresses(sender, from?.name ?? fullName.map { Array($0.utf8) })
      {
        var field = HeaderComposer()
        field.add("From", addresses: [address])
        kept = field.octets + kept
      }
      kept += octets[start..<field.lines.lowerBound]
      start = field.lines.upperBound
    }
    if from == nil, let address = addresses(sender, fullName.map { Array($0.utf8) }) {
      var field = HeaderComposer()
      field.add("From", addresses: [address])
      kept = field.octets + kept
    }
    let hasHeader = !block.fields.isEmpty
    octets =
      kept + (hasHeader || octets.starts(with: [13, 10]) ? [] : [13, 10]) + octets[start...]
  }

  private func addresses(_ sender: String, _ name: [UInt8]?) -> MailAddress? {
    guard let at = sender.lastIndex(of: "@") else { return nil }
    return MailAddress(
      name: name, mailbox: Array(sender[..<at].utf8),
      host: Array(sender[sender.index(after: at)...].utf8))
  }

  /// A line of a header: a name of printable octets and a colon. RFC 5322 §2.2
  private static func isField(_ line: ArraySlice<UInt8>) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
      return false
    }
    return line[..<colon].allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 }
  }
}

extension HeaderBlock {
  fileprivate func isNamed(_ field: HeaderField, _ name: String) -> Bool {
    isNamed(field, Array(name.utf8))
  }
}

extension MailAddress {
  /// As an envelope has it; `host` completes an address without a domain.
  func pathText(host: String) -> String? {
    guard let mailbox, let own = self.host else { return nil }
    let domain = own.isEmpty ? host : String(decoding: own, as: UTF8.self)
    guard !mailbox.isEmpty, !domain.isEmpty else { return nil }
    let isAtom = mailbox.allSatisfy {
      $0 > 0x7F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
        || (0x61...0x7A).contains($0) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains($0)
    }
    let local = String(decoding: mailbox, as: UTF8.self)
    guard !isAtom else { return "\(local)@\(domain)" }
    let escaped = local.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"\(String(escaped))\"@\(domain)"
  }
}
