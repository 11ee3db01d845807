/// The lines that stand before the body in one recipient's mailbox. RFC 5321 §4.4
enum DeliveryPrefix {
  /// `Return-Path` and `Delivered-To`. Control characters, which no address holds, are left out, so
  /// that no address can add a line.
  static func lines(sender: [UInt8], recipient: [UInt8]) -> [UInt8] {
    var lines = [UInt8]("Return-Path: <".utf8)
    lines += sender.filter(isVisible)
    lines += [UInt8](">\r\nDelivered-To: ".utf8)
    lines += recipient.filter(isVisible)
    return lines + [0x0D, 0x0A]
  }

  private static func isVisible(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F }
}
