import MailFormat

/// The lines that stand before the body in one recipient's mailbox. RFC 5321 §4.4
enum DeliveryPrefix {
  /// `Return-Path` and `Delivered-To`: two lines, whatever the addresses hold.
  static func lines(sender: [UInt8], recipient: [UInt8]) -> [UInt8] {
    var composer = HeaderComposer()
    composer.addReturnPath(sender)
    composer.addDeliveredTo(recipient)
    return composer.octets
  }
}
