/// What a server notes on a message that it takes over. RFC 5321 §4.4
public struct ReceivedStamp: Sendable {
  /// What the client called itself; its own word, so anything.
  public var clientName: [UInt8]
  /// The client's address in brackets, such as `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
  public var clientAddress: [UInt8]
  /// What is known about the encryption, such as `TLSv1.3 with cipher X`, or nil.
  public var encryption: [UInt8]?
  /// This server's name.
  public var host: [UInt8]
  /// The protocol, such as `ESMTPSA`. RFC 3848 §1
  public var transmission: [UInt8]
  /// By what this server knows the message.
  public var id: [UInt8]
  /// The recipient, where there is only one.
  public var recipient: [UInt8]?
  public var date: MailDate

  public init(
    clientName: [UInt8], clientAddress: [UInt8], encryption: [UInt8]? = nil, host: [UInt8],
    transmission: [UInt8], id: [UInt8], recipient: [UInt8]? = nil, date: MailDate
  ) {
    self.clientName = clientName
    self.clientAddress = clientAddress
    self.encryption = encryption
    self.host = host
    self.transmission = transmission
    self.id = id
    self.recipient = recipient
    self.date = date
  }
}

extension HeaderComposer {
  /// Adds `Received`. Words of the client are reduced to what a name can hold. RFC 5321 §4.4
  public mutating func addReceived(_ stamp: ReceivedStamp) {
    var writer = FoldingWriter(name: "Received")
    let name = ReceivedStamp.plain(stamp.clientName)
    writer.add(word: Array("from".utf8))
    writer.add(word: name.isEmpty ? Array("unknown".utf8) : name)
    writer.add(word: ReceivedStamp.comment(stamp.clientAddress))
    if let encryption = stamp.encryption {
      writer.add(word: ReceivedStamp.comment(Array("using ".utf8) + encryption))
    }
    writer.breakLine()
    writer.add(word: Array("by".utf8), after: [.tab])
    writer.add(word: ReceivedStamp.plain(stamp.host))
    writer.add(word: Array("with".utf8))
    writer.add(word: ReceivedStamp.plain(stamp.transmission))
    writer.add(word: Array("id".utf8))
    writer.add(word: ReceivedStamp.plain(stamp.id))
    if let recipient = stamp.recipient {
      writer.add(word: Array("for".utf8))
      writer.add(word: [UInt8(ascii: "<")] + recipient + [UInt8(ascii: ">")])
    }
    writer.append(mark: .semicolon)
    writer.breakLine()
    writer.add(word: stamp.date.field, after: [.tab])
    append(writer.finish())
  }
}

extension ReceivedStamp {
  /// The text with a question mark for all that is not in names and address literals.
  fileprivate static func plain(_ text: [UInt8]) -> [UInt8] {
    text.prefix(255).map { byte in
      switch byte {
      case .dot, .dash, .underscore, .colon, UInt8(ascii: "["), UInt8(ascii: "]"): byte
      default: byte.isDigit || byte.isLetter || byte > 127 ? byte : .question
      }
    }
  }

  fileprivate static func comment(_ text: [UInt8]) -> [UInt8] {
    [UInt8(ascii: "(")] + text.prefix(255).map { $0 == .space ? $0 : plain([$0])[0] }
      + [UInt8(ascii: ")")]
  }
}
