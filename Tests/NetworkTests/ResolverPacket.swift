import Platform

/// A DNS message in the making, written apart from the code under test.
struct ResolverPacket {
  enum Section: Int {
    case answer = 6
    case authority = 8
  }

  private(set) var bytes: [UInt8]

  /// A response to `query` (its id and question), with flags QR, RD, RA and `flags`.
  init(to query: [UInt8], code: UInt8 = 0, flags: UInt8 = 0) {
    bytes = [query[0], query[1], 0x81 | flags, 0x80 | code, 0, 1, 0, 0, 0, 0, 0, 0]
    bytes += Self.question(of: query)
  }

  /// A query for `name`, as a test asks it.
  static func query(_ name: String, _ type: UInt16, id: UInt16 = 0x1234) -> [UInt8] {
    let head: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xff), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    return head + labels(name) + [UInt8(type >> 8), UInt8(type & 0xff), 0, 1]
  }

  static func labels(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
  }

  static func question(of query: [UInt8]) -> [UInt8] {
    var end = 12
    while query[end] != 0 { end += 1 + Int(query[end]) }
    return Array(query[12..<(end + 5)])
  }

  /// The name that `query` asks for, and the type.
  static func asked(_ query: [UInt8]) -> (name: String, type: UInt16) {
    var labels: [String] = []
    var at = 12
    while query[at] != 0 {
      let end = at + 1 + Int(query[at])
      labels.append(String(decoding: query[(at + 1)..<end], as: UTF8.self))
      at = end
    }
    return (labels.joined(separator: "."), UInt16(query[at + 1]) << 8 | UInt16(query[at + 2]))
  }

  /// Adds a record. `owner` nil: the name of the question, compressed.
  mutating func add(
    _ type: UInt16, _ data: [UInt8], owner: String? = nil, ttl: UInt32 = 300,
    in section: Section = .answer
  ) {
    bytes += owner.map(Self.labels) ?? [0xc0, 0x0c]
    bytes += [UInt8(type >> 8), UInt8(type & 0xff), 0, 1]
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: ttl >> UInt32(24 - 8 * $0)) }
    bytes += [UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data
    let count = (Int(bytes[section.rawValue]) << 8 | Int(bytes[section.rawValue + 1])) + 1
    bytes[section.rawValue] = UInt8(count >> 8)
    bytes[section.rawValue + 1] = UInt8(count & 0xff)
  }

  mutating func add(exchange host: String, _ preference: UInt16, owner: String? = nil) {
    add(15, [UInt8(preference >> 8), UInt8(preference & 0xff)] + Self.labels(host), owner: owner)
  }

  mutating func add(authority minimum: UInt32, ttl: UInt32 = 900) {
    let last = (0..<4).map { UInt8(truncatingIfNeeded: minimum >> UInt32(24 - 8 * $0)) }
    add(
      6,
      Self.labels("ns.test") + Self.labels("root.test") + [UInt8](repeating: 0, count: 16) + last,
      ttl: ttl, in: .authority)
  }
}
