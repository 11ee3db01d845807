/// Undoes a content transfer encoding of octets that come in pieces. RFC 2045 §6
///
/// It takes anything: what is not in the encoding's alphabet is skipped or kept as it is.
struct TransferDecoder: Sendable {
  enum Encoding: Hashable, Sendable {
    case identity
    case base64
    case quotedPrintable

    /// The encoding with this name in lower case; unknown ones leave octets as they are.
    init(_ name: [UInt8]) {
      switch String(decoding: name, as: UTF8.self) {
      case "base64": self = .base64
      case "quoted-printable": self = .quotedPrintable
      default: self = .identity
      }
    }
  }

  private let encoding: Encoding
  private var bits: UInt32 = 0
  private var bitCount = 0
  /// What follows an `=` that the last piece ended in.
  private var pending: [UInt8] = []

  init(_ encoding: Encoding) { self.encoding = encoding }

  /// What the next octets stand for, as far as it is known.
  mutating func decode(_ octets: [UInt8]) -> [UInt8] {
    switch encoding {
    case .identity: octets
    case .base64: decodeBase64(octets)
    case .quotedPrintable: decodeQuotedPrintable(octets)
    }
  }

  private mutating func decodeBase64(_ octets: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(octets.count / 4 * 3 + 3)
    for octet in octets {
      guard let value = TransferDecoder.base64Value(octet) else {
        if octet == UInt8(ascii: "=") { bitCount = 0 }
        continue
      }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
    }
    return decoded
  }

  private mutating func decodeQuotedPrintable(_ octets: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(octets.count)
    for octet in octets {
      guard !pending.isEmpty || octet == UInt8(ascii: "=") else {
        decoded.append(octet)
        continue
      }
      pending.append(octet)
      escape(into: &decoded)
    }
    return decoded
  }

  /// Looks at `=` and what follows it: a soft line break, two hexadecimal digits, or neither.
  private mutating func escape(into decoded: inout [UInt8]) {
    guard let last = pending.last, pending.count > 1 else { return }
    switch last {
    case OctetClass.lineFeed:
      pending.removeAll(keepingCapacity: true)
    case OctetClass.carriageReturn, OctetClass.space, 0x09:
      // White space up to the line end belongs to the soft break. RFC 2045 §6.7
      if pending.count > 64 { giveUp(into: &decoded) }
    default:
      guard let value = TransferDecoder.hexadecimal(last) else { return giveUp(into: &decoded) }
      guard pending.count > 2 else { return }
      guard pending.count == 3, let high = TransferDecoder.hexadecimal(pending[1]) else {
        return giveUp(into: &decoded)
      }
      decoded.append(high << 4 | value)
      pending.removeAll(keepingCapacity: true)
    }
  }

  private mutating func giveUp(into decoded: inout [UInt8]) {
    decoded.append(contentsOf: pending)
    pending.removeAll(keepingCapacity: true)
  }

  private static func hexadecimal(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x30...0x39: octet - 0x30
    case 0x41...0x46: octet - 0x37
    case 0x61...0x66: octet - 0x57
    default: nil
    }
  }

  private static func base64Value(_ octet: UInt8) -> UInt8? {
    switch octet {
    case 0x41...0x5A: octet - 0x41
    case 0x61...0x7A: octet - 0x47
    case 0x30...0x39: octet + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
