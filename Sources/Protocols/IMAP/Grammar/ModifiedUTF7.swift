/// The encoding of mailbox names on the wire, in both directions. RFC 3501 §5.1.3
///
/// Only the one canonical encoding of a name is read: no second spelling can reach a mailbox.
enum ModifiedUTF7 {
  /// The name as it goes over the wire: printable ASCII.
  static func encode(_ name: String) -> [UInt8] {
    var wire: [UInt8] = []
    var shifted: [UInt16] = []
    for scalar in name.unicodeScalars {
      if scalar.value >= 0x20, scalar.value <= 0x7E {
        flush(&shifted, into: &wire)
        wire.append(UInt8(scalar.value))
        if scalar == "&" { wire.append(OctetClass.minus) }
      } else {
        shifted.append(contentsOf: scalar.utf16)
      }
    }
    flush(&shifted, into: &wire)
    return wire
  }

  /// The name behind `wire`, nil where that is not the canonical encoding of any name.
  static func decode(_ wire: [UInt8]) -> String? {
    var name = ""
    var index = 0
    while index < wire.count {
      let octet = wire[index]
      guard octet >= 0x20, octet <= 0x7E else { return nil }
      index += 1
      guard octet == OctetClass.ampersand else {
        name.unicodeScalars.append(Unicode.Scalar(octet))
        continue
      }
      guard let end = wire[index...].firstIndex(of: OctetClass.minus) else { return nil }
      if end == index {
        name.unicodeScalars.append("&")
      } else {
        guard let text = unshift(wire[index..<end]) else { return nil }
        name.unicodeScalars.append(contentsOf: text)
      }
      index = end + 1
    }
    return encode(name) == wire ? name : nil
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

  private static func flush(_ units: inout [UInt16], into wire: inout [UInt8]) {
    guard !units.isEmpty else { return }
    wire.append(OctetClass.ampersand)
    var bits: UInt32 = 0
    var count = 0
    for unit in units {
      bits = bits << 16 | UInt32(unit)
      count += 16
      while count >= 6 {
        count -= 6
        wire.append(alphabet[Int(bits >> UInt32(count) & 0x3F)])
      }
      bits &= (1 << UInt32(count)) - 1
    }
    if count > 0 { wire.append(alphabet[Int(bits << UInt32(6 - count) & 0x3F)]) }
    wire.append(OctetClass.minus)
    units.removeAll(keepingCapacity: true)
  }

  private static func unshift(_ encoded: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
    var units: [UInt16] = []
    var bits: UInt32 = 0
    var count = 0
    for octet in encoded {
      guard let value = alphabet.firstIndex(of: octet) else { return nil }
      bits = (bits << 6 | UInt32(value)) & 0x3F_FFFF
      count += 6
      if count >= 16 {
        count -= 16
        units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return scalars(units)
  }

  /// The scalars of UTF-16 without lone surrogates.
  private static func scalars(_ units: [UInt16]) -> [Unicode.Scalar]? {
    var decoder = UTF16()
    var units = units.makeIterator()
    var scalars: [Unicode.Scalar] = []
    while true {
      switch decoder.decode(&units) {
      case .scalarValue(let scalar): scalars.append(scalar)
      case .emptyInput: return scalars
      case .error: return nil
      }
    }
  }
}
