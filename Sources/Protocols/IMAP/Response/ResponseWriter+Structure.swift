import MailFormat

extension ResponseWriter {
  // body = "(" (body-type-1part / body-type-mpart) ")"
  /// BODYSTRUCTURE, or BODY without the extension data.
  mutating func structure(_ part: BodyStructure, isExtensible: Bool) {
    open()
    switch part.content {
    case .multipart(let parts):
      for part in parts { structure(part, isExtensible: isExtensible) }
      space()
      string(part.media.subtype)
      if isExtensible {
        space()
        parameters(part.media.parameters)
        tail(part)
      }
    case .leaf, .message:
      single(part, isExtensible: isExtensible)
    }
    close()
  }

  // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  // body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
  private mutating func single(_ part: BodyStructure, isExtensible: Bool) {
    string(part.media.type)
    space()
    string(part.media.subtype)
    space()
    parameters(part.media.parameters)
    space()
    nstring(part.id)
    space()
    nstring(part.description)
    space()
    string(part.encoding)
    space()
    number(part.size)
    if case .message(let envelope, let inner) = part.content {
      space()
      self.envelope(envelope)
      space()
      structure(inner, isExtensible: isExtensible)
    }
    if hasLines(part) {
      space()
      number(part.lines)
    }
    if isExtensible {
      space()
      nstring(part.md5)
      tail(part)
    }
  }

  /// Text parts count lines, and so do messages that were looked into.
  private func hasLines(_ part: BodyStructure) -> Bool {
    if case .message = part.content { return true }
    return part.media.isText
  }

  // body-ext-1part ends: [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]
  private mutating func tail(_ part: BodyStructure) {
    space()
    if let disposition = part.disposition {
      open()
      string(disposition.kind)
      space()
      parameters(disposition.parameters)
      close()
    } else {
      raw("NIL")
    }
    space()
    languages(part.languages)
    space()
    nstring(part.location)
  }

  // body-fld-lang = nstring / "(" string *(SP string) ")"
  private mutating func languages(_ tags: [[UInt8]]) {
    guard tags.count != 1 else { return string(tags[0]) }
    guard !tags.isEmpty else { return raw("NIL") }
    open()
    for (index, tag) in tags.enumerated() {
      if index > 0 { space() }
      string(tag)
    }
    close()
  }

  // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
  private mutating func parameters(_ parameters: [Parameter]) {
    guard !parameters.isEmpty else { return raw("NIL") }
    open()
    for (index, parameter) in parameters.enumerated() {
      if index > 0 { space() }
      string(parameter.name)
      space()
      string(parameter.value)
    }
    close()
  }
}
