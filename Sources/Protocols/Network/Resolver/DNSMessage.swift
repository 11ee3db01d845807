import CPlatform

/// The messages of the protocol: queries made, responses read. RFC 1035 §4.1
enum DNSMessage {
  /// Octets of an answer by datagram that a query admits: no datagram of it is in fragments.
  static let payload: UInt16 = 1_232
  /// Aliases followed in all.
  static let mostAliases = 8

  /// What a message is to who asked.
  enum Reading: Hashable {
    /// Not the answer: another id, another question, or no message at all. It may be forged.
    case stray
    case truncated
    case answer(DNSAnswer)
    /// No such name or no such record; seconds for which that holds, nil where nobody says.
    case negative(DNSFailure, timeToLive: UInt32?)
    /// An alias whose data are not in the answer, after so many aliases.
    case elsewhere(DNSName, timeToLive: UInt32, aliases: Int)
    /// A response code that is no answer.
    case refused(code: UInt8)
    case failed(DNSFailure)
  }

  /// The octets of a query, or nil where the name cannot be asked for.
  static func query(_ question: DNSQuestion, id: UInt16, extended: Bool) -> [UInt8]? {
    guard question.name.isHostName else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { room in
      let count = daybook_dns_query(
        question.name.description, question.type.rawValue, id, extended ? payload : 0,
        room.baseAddress, Int32(room.count))
      return count > 0 ? Array(room[..<Int(count)]) : nil
    }
  }

  /// What `message` answers to the question that was sent with `id`.
  static func read(
    _ message: UnsafeRawBufferPointer, for question: DNSQuestion, id: UInt16
  ) -> Reading {
    guard let base = message.bindMemory(to: UInt8.self).baseAddress else { return .stray }
    let count = Int32(clamping: message.count)
    var head = daybook_dns_head()
    let asked = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(DAYBOOK_NAME_ROOM)
    ) { room -> DNSName? in
      guard let name = room.baseAddress, daybook_dns_head_of(base, count, &head, name) == 0
      else { return nil }
      return DNSName(cString: name)
    }
    guard let asked, head.id == id, head.is_response == 1 else { return .stray }
    // A server that cannot read a query may leave it out of what it says to it.
    let isMute = head.questions == 0 && head.response_code != 0 && head.response_code != 3
    let isOurs =
      head.questions == 1 && head.class == 1 && head.type == question.type.rawValue
      && asked == question.name
    guard isOurs || isMute else { return .stray }
    if head.is_truncated == 1 { return .truncated }
    guard head.response_code == 0 || head.response_code == 3 else {
      return .refused(code: head.response_code)
    }
    let section = DNSSection()
    let outcome = daybook_dns_records(
      base, count, Unmanaged.passUnretained(section).toOpaque(), addRecord)
    guard outcome == 0 else { return .failed(.malformed) }
    return section.reading(
      of: question, isMissing: head.response_code == 3, isAuthentic: head.is_authentic == 1)
  }
}

private func addRecord(
  _ context: UnsafeMutableRawPointer?, _ record: UnsafePointer<daybook_dns_record>?
) {
  guard let context, let record else { return }
  Unmanaged<DNSSection>.fromOpaque(context).takeUnretainedValue().add(record.pointee)
}
