/// The state of MD5 between two blocks of 64 octets. RFC 1321 §3.4
///
/// Only for CRAM-MD5, which needs what libraries do not give: the states after the first block of
/// an HMAC, kept in place of the password.
struct MD5State: Hashable, Sendable {
  private var words: (UInt32, UInt32, UInt32, UInt32)

  init() { words = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476) }

  /// Takes the 16 octets of `bytes`.
  init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    let octets = Array(bytes)
    let word = { (index: Int) in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(octets[index * 4 + $1]) << UInt32($1 * 8) }
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// The 16 octets of the state, each word with its lowest octet first.
  var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32($0 * 8)) }
    }
  }

  static func == (one: MD5State, other: MD5State) -> Bool { one.words == other.words }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// The digest of what the state has seen (`seen` octets, whole blocks) and of `rest`.
  func finished(with rest: [UInt8], seen: Int) -> [UInt8] {
    var padded = rest + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    let bits = UInt64(seen + rest.count) * 8
    for shift in 0..<8 { padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift * 8))) }
    var state = self
    for start in stride(from: 0, to: padded.count, by: 64) {
      state.take(block: padded[start..<start + 64])
    }
    return state.bytes
  }

  /// Takes one block of 64 octets.
  mutating func take(block: ArraySlice<UInt8>) {
    let octets = Array(block)
    var (a, b, c, d) = words
    for round in 0..<64 {
      let mixed: UInt32
      let index: Int
      switch round / 16 {
      case 0: (mixed, index) = (b & c | ~b & d, round)
      case 1: (mixed, index) = (d & b | ~d & c, (5 * round + 1) % 16)
      case 2: (mixed, index) = (b ^ c ^ d, (3 * round + 5) % 16)
      default: (mixed, index) = (c ^ (b | ~d), 7 * round % 16)
      }
      let word = (0..<4).reduce(UInt32(0)) {
        $0 | UInt32(octets[index * 4 + $1]) << UInt32($1 * 8)
      }
      let sum = a &+ mixed &+ word &+ Self.sines[round]
      let turn = Self.turns[round / 16][round % 4]
      (a, d, c, b) = (d, c, b, b &+ (sum << turn | sum >> (32 - turn)))
    }
    words = (words.0 &+ a, words.1 &+ b, words.2 &+ c, words.3 &+ d)
  }

  private static let turns: [[UInt32]] = [
    [7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21],
  ]

  /// Entry i is the whole part of 2^32 times |sin(i + 1)|.
  private static let sines: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]
}
