import MailFormat
import Platform

/// Writes delivery reports: words for people, a part for programs, and what goes back of the message.
/// RFC 6522, RFC 3464
///
/// Whatever addresses and replies hold, no line of theirs becomes a line of the report. To a sender
/// whose address has octets beyond US-ASCII it is an international one (RFC 6533); any other is
/// written in seven bits.
public struct ReportComposer: Sendable {
  /// Octets of the returned header, at most.
  static let mostHeader = 16_384
  /// Octets of the returned message, at most; of a larger one the header goes back.
  public static let mostMessage = 32_768
  /// Octets of one reply that are shown.
  private static let mostText = 400

  private let host: String
  private let random: UInt64
  private let now: Timestamp

  /// - Parameters:
  ///   - host: the name of this server.
  ///   - random: used once; it makes the Message-ID and the boundary.
  public init(host: String, random: UInt64, now: Timestamp) {
    self.host = host
    self.random = random
    self.now = now
  }

  public func compose(_ report: DeliveryReport) -> [UInt8] {
    let isGlobal = report.sender.contains { $0 >= 0x80 }
    let boundary = boundary(apartFrom: report)
    var octets = header(report, boundary, isGlobal)
    part(&octets, boundary, "text/plain; charset=utf-8", isGlobal)
    octets += words(report, isGlobal)
    part(
      &octets, boundary, isGlobal ? "message/global-delivery-status" : "message/delivery-status",
      isGlobal)
    octets += fields(report, isGlobal)
    switch report.returned {
    case .nothing: break
    case .message(let message):
      part(&octets, boundary, "message/rfc822", false)
      octets += message
    case .header(let header):
      returnHeader(header, &octets, boundary, isGlobal)
    }
    octets += "\r\n--\(boundary)--\r\n".utf8
    return octets
  }

  // MARK: header

  private func header(_ report: DeliveryReport, _ boundary: String, _ isGlobal: Bool) -> [UInt8] {
    var composer = HeaderComposer()
    composer.addDate(MailDate(seconds: now.seconds))
    composer.add(
      "From",
      addresses: [
        MailAddress(
          name: Array("Mail Delivery System".utf8), mailbox: Array("MAILER-DAEMON".utf8),
          host: Array(host.utf8))
      ])
    composer.add("To", words: [Array("<".utf8) + clean(report.sender, isGlobal) + Array(">".utf8)])
    composer.add("Subject", text: Array(subject(report.kind).utf8))
    composer.addMessageID(
      MessageIdentifier(
        time: UInt64(clamping: now.microseconds), random: random, host: Array(host.utf8)))
    composer.add("Auto-Submitted", words: [Array("auto-replied".utf8)])
    composer.add("MIME-Version", words: [Array("1.0".utf8)])
    let type = isGlobal ? "global-delivery-status" : "delivery-status"
    composer.add(
      "Content-Type",
      words: [
        "multipart/report;", "report-type=\(type);", "boundary=\"\(boundary)\"",
      ].map { Array($0.utf8) })
    return composer.octets + "\r\nThis is a report in MIME format.\r\n".utf8
  }

  private func subject(_ kind: DeliveryReport.Kind) -> String {
    switch kind {
    case .failure: "Your message was not delivered"
    case .delay: "Your message has not been delivered yet"
    case .success: "Your message was delivered"
    }
  }

  /// A boundary that the returned message does not hold.
  private func boundary(apartFrom report: DeliveryReport) -> String {
    let returned: [UInt8] =
      switch report.returned {
      case .message(let octets), .header(let octets): octets
      case .nothing: []
      }
    var number = random
    while true {
      let boundary = "=_report_\(String(number, radix: 36))"
      if returned.firstRange(of: Array(boundary.utf8)) == nil { return boundary }
      number &+= 1
    }
  }

  private func part(
    _ octets: inout [UInt8], _ boundary: String, _ type: String, _ isGlobal: Bool,
    _ encoding: String? = nil
  ) {
    octets += "\r\n--\(boundary)\r\nContent-Type: \(type)\r\n".utf8
    if let encoding = encoding ?? (isGlobal ? "8bit" : nil) {
      octets += "Content-Transfer-Encoding: \(encoding)\r\n".utf8
    }
    octets += "\r\n".utf8
  }

  /// The header of the message, in base 64 where it is more than US-ASCII.
  private func returnHeader(
    _ header: [UInt8], _ octets: inout [UInt8], _ boundary: String, _ isGlobal: Bool
  ) {
    var header = header
    if header.count > Self.mostHeader {
      // Cut at a line's end.
      let end = header[..<Self.mostHeader].lastIndex(of: 10).map { $0 + 1 } ?? Self.mostHeader
      header = Array(header[..<end])
    }
    let isPlain = header.allSatisfy { $0 < 0x80 && $0 > 0 } && Self.hasShortLines(header)
    let type = isGlobal ? "message/global-headers" : "text/rfc822-headers"
    guard !isPlain else {
      part(&octets, boundary, type, false)
      octets += header
      return
    }
    part(&octets, boundary, isGlobal ? type : "\(type); charset=utf-8", false, "base64")
    let text = Base64.encode(header)
    var start = 0
    while start < text.count {
      octets += text[start..<min(start + 76, text.count)] + [13, 10]
      start += 76
    }
  }

  private static func hasShortLines(_ octets: [UInt8]) -> Bool {
    octets.split(separator: 10, omittingEmptySubsequences: false).allSatisfy { $0.count <= 999 }
  }

  // MARK: words

  private func words(_ report: DeliveryReport, _ isGlobal: Bool) -> [UInt8] {
    var text = "This is the mail server \(host).\r\n\r\n"
    switch report.kind {
    case .failure:
      text += "Your message could not be delivered to these recipients, and is not tried again:\r\n"
    case .delay:
      text +=
        "Your message has not been delivered to these recipients yet. You need do nothing:\r\n"
      text += "it is tried again, and you hear of it if it has to be given up.\r\n"
    case .success: text += "Your message was delivered to these recipients:\r\n"
    }
    var octets = Array(text.utf8)
    for recipient in report.recipients {
      octets += Array("\r\n  ".utf8) + clean(recipient.address, isGlobal) + [13, 10]
      let host = clean(Array(recipient.host.utf8), isGlobal)
      let reply = clean(Array(recipient.reply.utf8), isGlobal)
      if recipient.action == .relayed {
        octets += "    It is with a server that makes no reports.\r\n".utf8
      }
      guard !reply.isEmpty else { continue }
      octets +=
        host.isEmpty || !recipient.isQuoted
        ? Array("    ".utf8) : Array("    ".utf8) + host + Array(" said: ".utf8)
      octets += reply + [13, 10]
    }
    if let until = report.recipients.compactMap(\.retryUntil).max() {
      octets += "\r\nIt is given up at \(date(until)).\r\n".utf8
    }
    return octets
  }

  // MARK: fields

  private func fields(_ report: DeliveryReport, _ isGlobal: Bool) -> [UInt8] {
    var octets: [UInt8] = []
    if let id = report.envelopeID {
      octets += Array("Original-Envelope-Id: ".utf8) + clean(id, false) + [13, 10]
    }
    octets += "Reporting-MTA: dns; \(host)\r\n".utf8
    octets += "Arrival-Date: \(date(report.arrival))\r\n".utf8
    for recipient in report.recipients {
      octets += [13, 10]
      if let original = recipient.original {
        octets += Array("Original-Recipient: ".utf8) + clean(original, isGlobal) + [13, 10]
      }
      octets += Array("Final-Recipient: ".utf8) + address(recipient.address, isGlobal) + [13, 10]
      octets += "Action: \(recipient.action.rawValue)\r\nStatus: \(recipient.status)\r\n".utf8
      let host = clean(Array(recipient.host.utf8), false).prefix { $0 != 0x20 }
      if !host.isEmpty { octets += Array("Remote-MTA: dns; ".utf8) + host + [13, 10] }
      if recipient.isQuoted {
        octets += Array("Diagnostic-Code: smtp; ".utf8)
        octets += clean(Array(recipient.reply.utf8), isGlobal) + [13, 10]
      }
      octets += "Last-Attempt-Date: \(date(recipient.lastAttempt))\r\n".utf8
      if recipient.action == .delayed, let until = recipient.retryUntil {
        octets += "Will-Retry-Until: \(date(until))\r\n".utf8
      }
    }
    return octets
  }

  // utf-8-type-addr = "utf-8;" utf-8-enc-addr, in US-ASCII with \x{HEXPOINT}. RFC 6533 §3
  private func address(_ address: [UInt8], _ isGlobal: Bool) -> [UInt8] {
    guard address.contains(where: { $0 >= 0x80 }) else {
      return Array("rfc822; ".utf8) + clean(address, false)
    }
    guard !isGlobal else { return Array("utf-8; ".utf8) + clean(address, true) }
    var octets = Array("utf-8; ".utf8)
    for scalar in String(decoding: address, as: UTF8.self).unicodeScalars {
      let isPlain = (0x21...0x7e).contains(scalar.value) && !"\\+=".unicodeScalars.contains(scalar)
      octets +=
        isPlain
        ? [UInt8(scalar.value)]
        : Array("\\x{\(String(scalar.value, radix: 16, uppercase: true))}".utf8)
    }
    return octets
  }

  private func date(_ time: Timestamp) -> String {
    var octets: [UInt8] = []
    MailDate(seconds: time.seconds).append(to: &octets)
    return String(decoding: octets, as: UTF8.self)
  }

  /// Text that can stand within a line: no controls, in US-ASCII unless the report is international,
  /// and not too long.
  private func clean(_ text: [UInt8], _ isGlobal: Bool) -> [UInt8] {
    var octets: [UInt8] = []
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      let isLineEnd = scalar.value == 0x2028 || scalar.value == 0x2029
      if isControl || isLineEnd || (!isGlobal && scalar.value >= 0x80) {
        octets.append(UInt8(ascii: "?"))
      } else {
        octets += Array(String(Character(scalar)).utf8)
      }
      if octets.count >= Self.mostText { break }
    }
    return octets
  }
}
