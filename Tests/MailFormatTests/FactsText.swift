import MailFormat

/// Facts as JSON text with one member per line, for golden files.
struct FactsText {
  private(set) var text = ""
  private var indent = 0

  init(_ facts: MessageFacts) {
    object {
      $0.member("envelope") { $0.envelope(facts.envelope) }
      $0.member("structure") { $0.part(facts.structure) }
      $0.member("tally") { $0.tally(facts.tally) }
      $0.member("capped") { $0.text += "\(facts.isCapped)" }
    }
    text += "\n"
  }

  /// The text without the comma in front of each closing bracket.
  var json: String {
    var lines: [String] = []
    for line in text.split(separator: "\n").map(String.init) {
      let trimmed = line.drop { $0 == " " }
      if trimmed.hasPrefix("}") || trimmed.hasPrefix("]"), lines.last?.hasSuffix(",") == true {
        lines[lines.count - 1].removeLast()
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func object(_ body: (inout FactsText) -> Void) {
    nested("{", "}", body)
  }

  private mutating func nested(_ open: String, _ close: String, _ body: (inout FactsText) -> Void) {
    text += open + "\n"
    indent += 2
    body(&self)
    indent -= 2
    text += String(repeating: " ", count: indent) + close
  }

  private mutating func member(_ name: String, _ body: (inout FactsText) -> Void) {
    text += String(repeating: " ", count: indent) + "\"\(name)\": "
    body(&self)
    text += ",\n"
  }

  private mutating func list<Element>(
    _ name: String, _ elements: [Element], _ body: (inout FactsText, Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    member(name) {
      $0.nested("[", "]") {
        for element in elements {
          $0.text += String(repeating: " ", count: $0.indent)
          body(&$0, element)
          $0.text += ",\n"
        }
      }
    }
  }

  private mutating func octets(_ name: String, _ value: [UInt8]?) {
    guard let value else { return }
    member(name) { $0.text += FactsText.quoted(value) }
  }

  private mutating func envelope(_ envelope: Envelope) {
    object {
      $0.octets("date", envelope.date)
      $0.octets("subject", envelope.subject)
      $0.addresses("from", envelope.from)
      if envelope.sender != envelope.from { $0.addresses("sender", envelope.sender) }
      if envelope.replyTo != envelope.from { $0.addresses("reply-to", envelope.replyTo) }
      $0.addresses("to", envelope.to)
      $0.addresses("cc", envelope.cc)
      $0.addresses("bcc", envelope.bcc)
      $0.octets("in-reply-to", envelope.inReplyTo)
      $0.octets("message-id", envelope.messageID)
    }
  }

  private mutating func addresses(_ name: String, _ addresses: [MailAddress]) {
    list(name, addresses) { writer, address in
      let parts = [address.name, address.route, address.mailbox, address.host]
      writer.text +=
        "[" + parts.map { $0.map(FactsText.quoted) ?? "null" }.joined(separator: ", ") + "]"
    }
  }

  private mutating func parameters(_ parameters: [Parameter]) {
    list("parameters", parameters) { writer, parameter in
      writer.text += "[\(FactsText.quoted(parameter.name)), \(FactsText.quoted(parameter.value))]"
    }
  }

  private mutating func part(_ part: BodyStructure) {
    object {
      $0.octets("type", part.media.type + Array("/".utf8) + part.media.subtype)
      $0.parameters(part.media.parameters)
      $0.octets("encoding", part.encoding)
      $0.octets("id", part.id)
      $0.octets("description", part.description)
      $0.octets("md5", part.md5)
      if let disposition = part.disposition {
        $0.member("disposition") {
          $0.object {
            $0.octets("kind", disposition.kind)
            $0.parameters(disposition.parameters)
          }
        }
      }
      $0.list("languages", part.languages) { $0.text += FactsText.quoted($1) }
      $0.octets("location", part.location)
      $0.member("offsets") {
        $0.text += "[\(part.headerStart), \(part.bodyStart), \(part.bodyEnd)]"
      }
      $0.member("lines") { $0.text += "\(part.lines)" }
      if case .message(let envelope, let root) = part.content {
        $0.member("envelope") { $0.envelope(envelope) }
        $0.member("message") { $0.part(root) }
      }
      $0.list("parts", part.children) { $0.part($1) }
    }
  }

  private mutating func tally(_ tally: FieldTally) {
    text +=
      "{\"fields\": \(tally.fields), \"date\": \(tally.date), \"from\": \(tally.from), "
      + "\"sender\": \(tally.sender), \"destinations\": \(tally.destinations), "
      + "\"subject\": \(tally.subject), \"message-id\": \(tally.messageID), "
      + "\"received\": \(tally.received), \"malformed\": \(tally.malformed)}"
  }

  /// A JSON string; octets that are no UTF-8 become U+FFFD.
  static func quoted(_ value: [UInt8]) -> String {
    var result = "\""
    for scalar in String(decoding: value, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\0"..<" ":
        result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
