/// The encoding of one non-ASCII domain label in letters, digits and hyphens. RFC 3492
///
/// Pure arithmetic over Unicode scalars, without the `xn--` prefix. Both directions answer nil
/// instead of overflowing; `DomainName` decides what a label may hold.
enum Punycode {
  private static let base = 36
  private static let minimumThreshold = 1
  private static let maximumThreshold = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialCode = 0x80

  /// The ASCII form of `scalars`, or nil where a delta leaves 32 bits. RFC 3492 §6.3
  static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
    var output = scalars.filter(\.isASCII).map { UInt8($0.value) }
    let basic = output.count
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var code = initialCode
    var delta = 0
    var bias = initialBias
    var handled = basic
    while handled < scalars.count {
      guard let next = scalars.lazy.map({ Int($0.value) }).filter({ $0 >= code }).min() else {
        return nil
      }
      delta += (next - code) * (handled + 1)
      guard delta <= Int(UInt32.max) else { return nil }
      code = next
      for scalar in scalars {
        if Int(scalar.value) < code { delta += 1 }
        guard Int(scalar.value) == code else { continue }
        appendInteger(delta, bias: bias, to: &output)
        bias = adapt(delta, count: handled + 1, first: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return output
  }

  /// The scalars that `bytes` stand for, or nil where they are no encoding. RFC 3492 §6.2
  static func decode(_ bytes: [UInt8]) -> [Unicode.Scalar]? {
    var output: [Unicode.Scalar] = []
    var index = 0
    if let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")) {
      guard bytes[..<hyphen].allSatisfy({ $0 < 0x80 }) else { return nil }
      output = bytes[..<hyphen].map { Unicode.Scalar($0) }
      index = hyphen + 1
    }
    var code = initialCode
    var bias = initialBias
    var place = 0
    var first = true
    while index < bytes.count {
      guard let delta = readInteger(bytes, &index, bias: bias) else { return nil }
      let count = output.count + 1
      bias = adapt(delta, count: count, first: first)
      first = false
      let total = place + delta
      code += total / count
      guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
      place = total % count
      output.insert(scalar, at: place)
      place += 1
    }
    return output
  }

  private static func appendInteger(_ value: Int, bias: Int, to output: inout [UInt8]) {
    var rest = value
    var weight = base
    while true {
      let limit = threshold(weight, bias)
      guard rest >= limit else { break }
      output.append(digit(limit + (rest - limit) % (base - limit)))
      rest = (rest - limit) / (base - limit)
      weight += base
    }
    output.append(digit(rest))
  }

  private static func readInteger(_ bytes: [UInt8], _ index: inout Int, bias: Int) -> Int? {
    var value = 0
    var factor = 1
    var weight = base
    while true {
      guard index < bytes.count, let digit = number(bytes[index]) else { return nil }
      index += 1
      value += digit * factor
      guard value <= Int(UInt32.max) else { return nil }
      let limit = threshold(weight, bias)
      if digit < limit { return value }
      factor *= base - limit
      guard factor <= Int(UInt32.max) else { return nil }
      weight += base
    }
  }

  private static func threshold(_ weight: Int, _ bias: Int) -> Int {
    min(max(weight - bias, minimumThreshold), maximumThreshold)
  }

  private static func adapt(_ delta: Int, count: Int, first: Bool) -> Int {
    var rest = first ? delta / damp : delta / 2
    rest += rest / count
    var steps = 0
    while rest > (base - minimumThreshold) * maximumThreshold / 2 {
      rest /= base - minimumThreshold
      steps += base
    }
    return steps + (base - minimumThreshold + 1) * rest / (rest + skew)
  }

  private static func digit(_ value: Int) -> UInt8 {
    value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
  }

  private static func number(_ digit: UInt8) -> Int? {
    switch digit {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit - UInt8(ascii: "a"))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0")) + 26
    default: nil
    }
  }
}
