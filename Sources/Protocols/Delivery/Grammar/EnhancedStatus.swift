/// `class.subject.detail` of a reply or a report. RFC 3463 §2
public struct EnhancedStatus: Hashable, Sendable, CustomStringConvertible {
  public let kind: UInt16
  public let subject: UInt16
  public let detail: UInt16

  public init(_ kind: UInt16, _ subject: UInt16, _ detail: UInt16) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }

  public var description: String { "\(kind).\(subject).\(detail)" }

  public var isPermanent: Bool { kind == 5 }

  /// The same in the class of what may succeed later.
  var asTemporary: EnhancedStatus { EnhancedStatus(4, subject, detail) }

  // status-code = class "." subject "." detail, numbers of one to three digits
  /// Reads the status at the start of a reply's text, where it fits `code`; and how long it is.
  static func read(_ text: ArraySlice<UInt8>, code: Int) -> (status: EnhancedStatus, length: Int)? {
    var numbers: [UInt16] = []
    var index = text.startIndex
    while numbers.count < 3 {
      let start = index
      var number: UInt16 = 0
      while index < text.endIndex, index - start < 3, (0x30...0x39).contains(text[index]) {
        number = number * 10 + UInt16(text[index] - 0x30)
        index += 1
      }
      guard index > start else { return nil }
      numbers.append(number)
      if numbers.count < 3 {
        guard index < text.endIndex, text[index] == UInt8(ascii: ".") else { return nil }
        index += 1
      }
    }
    guard index == text.endIndex || text[index] == UInt8(ascii: " ") else { return nil }
    guard Int(numbers[0]) == code / 100, [2, 4, 5].contains(numbers[0]) else { return nil }
    return (EnhancedStatus(numbers[0], numbers[1], numbers[2]), index - text.startIndex)
  }
}
