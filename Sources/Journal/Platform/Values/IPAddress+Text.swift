extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
  /// Reads an IPv4 address in dotted form or an IPv6 address. RFC 4291 §2.2
  ///
  /// Returns nil for anything else, leading zeros, zones and host names among it.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    if let bits = Self.dotted(bytes[...]) {
      self.init(v4: bits)
    } else {
      guard let groups = Self.groups(bytes) else { return nil }
      self.init(
        high: groups[0..<4].reduce(0) { $0 << 16 | UInt64($1) },
        low: groups[4..<8].reduce(0) { $0 << 16 | UInt64($1) })
    }
  }

  /// Dotted form, or the canonical IPv6 text. RFC 5952 §4
  public var description: String {
    if isV4 {
      return "\(low >> 24 & 0xff).\(low >> 16 & 0xff).\(low >> 8 & 0xff).\(low & 0xff)"
    }
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
    }
    let gap = Self.longestZeros(groups)
    let texts = groups.map { String($0, radix: 16) }
    guard gap.count > 1 else { return texts.joined(separator: ":") }
    return texts[..<gap.lowerBound].joined(separator: ":") + "::"
      + texts[gap.upperBound...].joined(separator: ":")
  }

  /// The form inside the brackets of an address literal. RFC 5321 §4.1.3
  public var literal: String { isV4 ? description : "IPv6:\(description)" }

  private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var best = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 { start = index + 1 }
      if index + 1 - start > best.count { best = start..<(index + 1) }
    }
    return best
  }

  private static func dotted(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let value = octet(part) else { return nil }
      bits = bits << 8 | value
    }
    return bits
  }

  private static func octet(_ digits: ArraySlice<UInt8>) -> UInt32? {
    guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0")
    else { return nil }
    var value: UInt32 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + UInt32(digit - UInt8(ascii: "0"))
    }
    return value <= 255 ? value : nil
  }

  /// The eight groups of an IPv6 address, `::` filled in.
  private static func groups(_ bytes: [UInt8]) -> [UInt16]? {
    let colon = UInt8(ascii: ":")
    guard bytes.count <= 45 else { return nil }
    for index in bytes.indices.dropLast() where bytes[index] == colon && bytes[index + 1] == colon {
      let left = index == 0 ? [] : run(bytes[..<index], endsDotted: false)
      let right = index + 2 == bytes.count ? [] : run(bytes[(index + 2)...], endsDotted: true)
      guard let left, let right, left.count + right.count <= 7 else { return nil }
      return left + [UInt16](repeating: 0, count: 8 - left.count - right.count) + right
    }
    guard let all = run(bytes[...], endsDotted: true), all.count == 8 else { return nil }
    return all
  }

  /// Groups between single colons; the last may be a dotted IPv4 address where `endsDotted`.
  private static func run(_ bytes: ArraySlice<UInt8>, endsDotted: Bool) -> [UInt16]? {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if endsDotted, index + 1 == parts.count, let bits = dotted(part) {
        groups.append(UInt16(bits >> 16))
        groups.append(UInt16(bits & 0xffff))
      } else {
        guard let group = group(part) else { return nil }
        groups.append(group)
      }
    }
    return groups
  }

  private static func group(_ digits: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(digits.count) else { return nil }
    var value: UInt16 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - 87)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - 55)
      default: return nil
      }
    }
    return value
  }
}
