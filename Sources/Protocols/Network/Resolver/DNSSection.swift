import CPlatform

/// The records of one response, gathered while libresolv reads it.
final class DNSSection {
  private struct Entry {
    let owner: DNSName
    let type: DNSType
    let timeToLive: UInt32
    let data: DNSData
  }

  private var entries: [Entry] = []
  /// Seconds for which the absence of what was asked holds: of the SOA in the authority section.
  private var negativeTime: UInt32?

  func add(_ record: daybook_dns_record) {
    guard let type = DNSType(rawValue: record.type), let owner = record.owner else { return }
    // RFC 2181 §8: a time with its highest bit set is none.
    let time = record.ttl > UInt32(Int32.max) ? 0 : record.ttl
    if record.section == 2 {
      if type == .authority { negativeTime = min(time, record.number) }
    } else if let data = Self.data(type, record) {
      entries.append(
        Entry(owner: DNSName(cString: owner), type: type, timeToLive: time, data: data))
    }
  }

  /// What the records say to `question`; `isMissing` where the response code was NXDOMAIN.
  func reading(
    of question: DNSQuestion, isMissing: Bool, isAuthentic: Bool
  ) -> DNSMessage.Reading {
    var name = question.name
    var time = UInt32.max
    var aliases = 0
    while question.type != .alias, let next = alias(of: name) {
      aliases += 1
      guard aliases <= DNSMessage.mostAliases else { return .failed(.aliasLoop) }
      name = next.name
      time = min(time, next.timeToLive)
    }
    if isMissing { return .negative(.nameNotFound, timeToLive: negativeTime) }
    var records: [DNSData] = []
    for entry in entries where entry.type == question.type && entry.owner == name {
      records.append(entry.data)
      time = min(time, entry.timeToLive)
    }
    if !records.isEmpty {
      return .answer(
        DNSAnswer(records, at: name, timeToLive: time, isAuthentic: isAuthentic))
    }
    if aliases > 0, negativeTime == nil {
      return .elsewhere(name, timeToLive: time, aliases: aliases)
    }
    return .negative(.noData, timeToLive: negativeTime)
  }

  private func alias(of name: DNSName) -> (name: DNSName, timeToLive: UInt32)? {
    for entry in entries where entry.type == .alias && entry.owner == name {
      if case .name(let target) = entry.data { return (target, entry.timeToLive) }
    }
    return nil
  }

  private static func data(_ type: DNSType, _ record: daybook_dns_record) -> DNSData? {
    let octets = UnsafeBufferPointer(start: record.data, count: Int(record.count))
    switch type {
    case .address where octets.count == 4:
      return .address(IPAddress(v4: octets.reduce(0) { $0 << 8 | UInt32($1) }))
    case .address6 where octets.count == 16:
      return .address(
        IPAddress(
          high: octets[..<8].reduce(0) { $0 << 8 | UInt64($1) },
          low: octets[8...].reduce(0) { $0 << 8 | UInt64($1) }))
    case .alias, .pointer: return record.name.map { .name(DNSName(cString: $0)) }
    case .exchange:
      return record.name.map {
        .exchange(preference: UInt16(record.number), host: DNSName(cString: $0))
      }
    case .text: return strings(octets).map { .text($0) }
    case .association where octets.count > 3:
      return .association(
        usage: octets[0], selector: octets[1], matching: octets[2], data: Array(octets[3...]))
    default: return nil
    }
  }

  /// The character strings of a TXT record, joined; nil where the last is cut short.
  private static func strings(_ octets: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var joined: [UInt8] = []
    var index = 0
    while index < octets.count {
      let end = index + 1 + Int(octets[index])
      guard end <= octets.count else { return nil }
      joined += octets[(index + 1)..<end]
      index = end
    }
    return joined
  }
}
