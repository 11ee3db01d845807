import Platform

extension Recorded {
  /// The event as one JSON object: the header's fields, `payload` with the public fields, and
  /// `personal` with the personal ones, or `"erased"` where they cannot be read.
  ///
  /// - Parameters:
  ///   - leaf: shown where it is given.
  ///   - record: the bytes of the record; with them the payload of an unknown type shows as well.
  public func render(to json: inout JSONWriter, leaf: Digest? = nil, record: [UInt8]? = nil) {
    json.object { json in
      header.renderMembers(to: &json)
      if let leaf { json.member("leaf", leaf.description) }
      var visitor = RenderingVisitor(json: json)
      event.accept(&visitor)
      json = visitor.json
      if case .unknown = event, let record { Recorded.renderUnknown(record, to: &json) }
      if case .redacted = event { json.member("redacted", true) }
    }
  }

  private static func renderUnknown(_ record: [UInt8], to json: inout JSONWriter) {
    guard let view = try? RecordView(record.span),
      case .event(_, let payload, let sealed) = view.form
    else { return }
    json.key("payload")
    json.item(record.span.extracting(payload))
    if !sealed.isEmpty { json.member("personal", "erased") }
  }
}

extension EventHeader {
  /// The fields of the header as members of the object that is being written.
  func renderMembers(to json: inout JSONWriter) {
    json.member("position", field: position)
    json.member("time", field: time)
    json.member("type", type.name)
    json.member("version", type.version)
    json.member("id", field: id)
    json.member("actor", field: actor)
    json.member("domain", ifAny: domain)
    json.member("feed", ifAny: feed)
    json.member("session", ifAny: session)
    json.member("correlation", ifAny: correlation)
    json.member("causation", ifAny: causation)
    json.member("contents", ifAny: contents.isEmpty ? nil : contents)
    json.member("slot", ifAny: slot)
    json.member("holders", ifAny: wraps.isEmpty ? nil : wraps)
  }
}

/// Writes the members `payload` and `personal`.
private struct RenderingVisitor: PayloadVisitor {
  var json: JSONWriter

  mutating func visit(_ payload: some EventPayload) {
    var walker = RenderingWalk()
    var copy = payload
    do { try copy.walk(&walker) } catch { preconditionFailure("showing cannot fail: \(error)") }
    walker.finish()
    json.key("payload")
    json.encoded(walker.publicFields.bytes)
    if walker.isErased {
      json.member("personal", "erased")
    } else if walker.hasPersonal {
      json.key("personal")
      json.encoded(walker.personalFields.bytes)
    }
  }
}
