extension ResponseWriter {
  /// The name of an item that holds octets, as FETCH responses spell it, with the space behind.
  mutating func contentName(_ content: FetchContent) {
    switch content.label {
    case .rfc822: raw("RFC822 ")
    case .rfc822Header: raw("RFC822.HEADER ")
    case .rfc822Text: raw("RFC822.TEXT ")
    case .body:
      raw("BODY")
      section(content.section)
      if let partial = content.partial {
        raw("<")
        number(partial.origin)
        raw(">")
      }
      space()
    }
  }

  // section = "[" [section-spec] "]"
  private mutating func section(_ section: Section) {
    raw("[")
    for (index, number) in section.part.enumerated() {
      if index > 0 { raw(".") }
      self.number(number)
    }
    if !section.part.isEmpty, section.text != .whole { raw(".") }
    switch section.text {
    case .whole: break
    case .header: raw("HEADER")
    case .text: raw("TEXT")
    case .mime: raw("MIME")
    case .headerFields(let names): fields("HEADER.FIELDS ", names)
    case .headerFieldsNot(let names): fields("HEADER.FIELDS.NOT ", names)
    }
    raw("]")
  }

  // header-list = "(" header-fld-name *(SP header-fld-name) ")"
  private mutating func fields(_ name: StaticString, _ names: [[UInt8]]) {
    raw(name)
    open()
    for (index, name) in names.enumerated() {
      if index > 0 { space() }
      // A bracket would seem to end the section.
      if name.contains(OctetClass.closeSection) { string(name) } else { astring(name) }
    }
    close()
  }
}
