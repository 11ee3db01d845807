/// A generator whose numbers depend on its seed alone (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Text of scalars from everywhere: ASCII, controls, specials of the protocol, other planes.
  mutating func text(length: Int) -> String {
    var text = String.UnicodeScalarView()
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0x20...0x7E, 0x00...0x1F, 0x7F...0x2FF, 0x4E00...0x4FFF, 0x1F600...0x1F64F,
    ]
    while text.count < length {
      let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { text.append(scalar) }
    }
    return String(text)
  }

  /// Octets, of which many mean something in the protocol.
  mutating func octets(length: Int) -> [UInt8] {
    let special = Array("{}()[]<>\"\\*%&+-/.,:\r\n\0 0123456789NILnil".utf8)
    return (0..<length).map { _ in
      Bool.random(using: &self)
        ? special.randomElement(using: &self) ?? 0 : UInt8.random(in: 0...255, using: &self)
    }
  }
}
