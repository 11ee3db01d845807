import MailFormat

/// A message that a machine may answer, with what the answer needs of its header.
///
/// RFC 3834 §2, RFC 5230 §4.6
struct AnswerableMessage: Sendable {
  /// To, Cc and their Resent- forms, at most so many of each field.
  static let mostAddressees = 200
  /// Identifiers that the answer's References repeat. RFC 5322 §3.6.4
  private static let mostReferences = 20

  let subject: [UInt8]
  let identifier: MessageIdentifier?
  /// Of this message: what it refers to, oldest first.
  let references: [MessageIdentifier]
  let addressees: [MailAddress]

  /// Nil where the sender or the header says that nobody waits for an answer.
  init?(sender: [UInt8], header: [UInt8]) {
    guard Self.isPerson(sender) else { return nil }
    let block = HeaderBlock(header)
    guard !Self.isAutomatic(block) else { return nil }
    subject = block.value("subject") ?? []
    identifier = block.value("message-id").flatMap { MessageIdentifier.list($0, limit: 1).first }
    let references = MessageIdentifier.list(
      block.value("references") ?? block.value("in-reply-to") ?? [])
    self.references = references.suffix(Self.mostReferences)
    addressees = ["to", "cc", "resent-to", "resent-cc"].flatMap { name in
      block.fields.filter { block.isNamed($0, Array(name.utf8)) }.flatMap {
        MailAddress.list(block.value($0), limit: Self.mostAddressees)
      }
    }
  }

  /// Whether the reverse path is that of somebody who reads answers.
  private static func isPerson(_ sender: [UInt8]) -> Bool {
    guard let at = sender.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let name = String(decoding: sender[..<at], as: UTF8.self).lowercased()
    let machines: Set<String> = [
      "mailer-daemon", "postmaster", "listserv", "majordomo", "noreply", "no-reply",
      "do-not-reply", "donotreply",
    ]
    return !machines.contains(name) && !name.hasPrefix("owner-")
      && !["-request", "-owner", "-bounces", "-noreply"].contains { name.hasSuffix($0) }
  }

  /// Whether a machine or a mailing list sent it. RFC 3834 §2, §5
  private static func isAutomatic(_ block: HeaderBlock) -> Bool {
    block.fields.contains { field in
      let name = text(block.bytes[field.name])
      if name.hasPrefix("list-") { return true }
      let value = text(block.value(field)[...])
      switch name {
      case "auto-submitted": return value.prefix { $0 != ";" && $0 != " " && $0 != "(" } != "no"
      case "precedence": return ["bulk", "junk", "list"].contains(value)
      case "x-auto-response-suppress":
        return ["all", "oof", "autoreply"].contains { value.contains($0) }
      default: return false
      }
    }
  }

  private static func text(_ octets: ArraySlice<UInt8>) -> String {
    String(decoding: octets, as: UTF8.self).lowercased()
  }
}
