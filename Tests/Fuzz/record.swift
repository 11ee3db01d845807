import Events
import Platform

/// Records of the journal: their CBOR, and the events, envelopes and structures in them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let octets = Array(UnsafeBufferPointer(start: data, count: count))
  read(octets)
  // Most changes break the checksum; with the right one the rest is read as well.
  if count > 5 {
    let body = octets.dropLast(5)
    let sum = CRC32C.of(Array(body))
    read(body + [0x44] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) })
  }
  _ = try? EncodedEnvelope(stored: octets).decoded()
  _ = try? EncodedStructure(stored: octets).decoded()
  if let uids = try? UIDSet(stored: octets.span) {
    precondition((try? UIDSet(stored: uids.stored.span)) == uids)
  }
  var json = JSONWriter()
  json.item(octets.span)
  precondition(!json.bytes.contains { $0 < 32 })
  return 0
}

private func read(_ octets: [UInt8]) {
  guard let view = try? RecordView(octets.span) else { return }
  _ = view.leaf(in: octets.span)
  _ = try? view.origin(in: octets.span)
  _ = try? view.header(in: octets.span)
  for personal in [nil, octets] as [[UInt8]?] {
    guard let recorded = try? view.recorded(in: octets, personal: personal) else { continue }
    var json = JSONWriter()
    recorded.render(to: &json, record: octets)
    precondition(!json.bytes.contains { $0 < 32 })
  }
}
