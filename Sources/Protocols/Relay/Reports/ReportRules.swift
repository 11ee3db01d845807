import Events
import Platform
import State

/// Who hears of what became of a message. RFC 3461 §4.1, §6.2, RFC 5321 §6.1
enum ReportRules {
  /// Whether a recipient's sender wants a report of a kind: without NOTIFY of failures and delays,
  /// and never after NEVER.
  static func wants(_ kind: DeliveryReport.Kind, _ notify: String?) -> Bool {
    guard let notify else { return kind != .success }
    let words = notify.split(separator: ",").map { $0.uppercased() }
    switch kind {
    case .failure: return words.contains("FAILURE")
    case .delay: return words.contains("DELAY")
    case .success: return words.contains("SUCCESS")
    }
  }

  /// Whether reports go to the sender of an entry at all: a report about a report would never end.
  static func hasReader(_ entry: SpoolEntry) -> Bool { entry.sender?.isEmpty == false }

  /// How much of the message goes back: all of it where that was asked for and it is small and in
  /// seven bits.
  static func returned(_ message: [UInt8], isWhole: Bool, _ notice: DeliveryNotice?)
    -> DeliveryReport.Returned
  {
    let isSevenBit = message.allSatisfy { $0 < 0x80 && $0 > 0 }
    if notice?.ret?.uppercased() == "FULL", isWhole, isSevenBit,
      message.count <= ReportComposer.mostMessage
    {
      return .message(message)
    }
    return .header(header(of: message))
  }

  /// The octets up to the empty line. RFC 5322 §2.1
  private static func header(of message: [UInt8]) -> [UInt8] {
    if message.starts(with: [13, 10]) { return [] }
    guard let end = message.firstRange(of: [13, 10, 13, 10]) else { return message }
    return Array(message[..<(end.lowerBound + 2)])
  }
}
