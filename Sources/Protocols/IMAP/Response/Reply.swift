/// How a command ends: what stands behind its tag. RFC 3501 §7.1
struct Reply: Hashable, Sendable {
  enum Condition: String, Sendable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
  }

  let condition: Condition
  let code: ResponseCode?
  let text: String

  static func ok(_ text: String, _ code: ResponseCode? = nil) -> Reply {
    Reply(condition: .ok, code: code, text: text)
  }

  static func no(_ text: String, _ code: ResponseCode? = nil) -> Reply {
    Reply(condition: .no, code: code, text: text)
  }

  static func bad(_ text: String, _ code: ResponseCode? = nil) -> Reply {
    Reply(condition: .bad, code: code, text: text)
  }
}

extension ResponseWriter {
  /// A tagged response; an empty tag makes it untagged.
  mutating func reply(_ reply: Reply, tag: [UInt8]) {
    if tag.isEmpty { raw("*") } else { text(String(decoding: tag, as: UTF8.self)) }
    space()
    text(reply.condition.rawValue)
    space()
    if let code = reply.code { self.code(code) }
    text(reply.text)
    endLine()
  }

  /// An untagged OK with a code, as SELECT gives them.
  mutating func information(_ code: ResponseCode, _ text: String) {
    reply(.ok(text, code), tag: [])
  }
}
