import MailFormat
import TestKit
import Testing

/// Mutated messages are read without a trap, the same in any chunks, with offsets that hold.
@Suite struct FuzzTests {
  static let seeds: [[UInt8]] = GoldenMessageTests.messages.compactMap {
    try? RepositoryFiles.read($0)
  }

  /// Octets and words that matter to a parser of mail.
  static let tokens = [
    "\r\n", "\n", "\r", "\0", "--", "\r\n\r\n", " ", "\t", "(", ")", "<", ">", "\"", "\\", ";", ":",
    ",", "@", "=", "*", "=?utf-8?q?", "?=", "%4", "boundary=", "Content-Type: multipart/digest;",
    "Content-Type: message/rfc822\r\n\r\n", "\r\n--", "--\r\n", "name*0*=", "[", "]", ".", "\u{FF}",
    "Date: ", "99999999999999999999", "From: ", "+9999", "Feb",
  ].map { [UInt8]($0) }

  static func mutate(_ seed: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var message = seed
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0...message.count, using: &random)
      let end = min(message.count, at + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        message.insert(contentsOf: tokens[Int.random(in: 0..<tokens.count, using: &random)], at: at)
      case 1: message.removeSubrange(at..<end)
      case 2: message.insert(contentsOf: message[at..<end], at: at)
      case 3 where at < message.count: message[at] = UInt8.random(in: 0...255, using: &random)
      case 4 where at < message.count: message[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
      default:
        let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        let from = Int.random(in: 0...other.count, using: &random)
        message.replaceSubrange(at..<end, with: other[from..<min(other.count, from + 80)])
      }
    }
    return message
  }

  @Test(arguments: 0..<8)
  func mutatedMessagesAreRead(part: Int) {
    var random = SeededRandom(seed: UInt64(part) + 5322)
    for round in 0..<400 {
      let seed = FuzzTests.seeds[Int.random(in: 0..<FuzzTests.seeds.count, using: &random)]
      let message = FuzzTests.mutate(seed, &random)
      let whole = MessageScanner.scan(message.span)
      let name = "part \(part), round \(round)"
      check(fault(whole.structure, in: 0..<UInt64(message.count)), nil, name)
      let size = Int.random(in: 1...50, using: &random)
      check(facts(message, chunk: size), whole, "\(name) by \(size)")
      FuzzTests.readValues(of: message, name)
    }
  }

  /// Every parser of values takes every value.
  static func readValues(of message: [UInt8], _ name: String) {
    let header = HeaderBlock(message)
    for field in header.fields {
      let value = Array(message[field.value])
      var texts: [[UInt8]] = [EncodedWords.decode(header.value(field))]
      for address in MailAddress.list(value) {
        texts += [address.name ?? [], address.mailbox ?? [], address.host ?? []]
      }
      if let media = MediaType(field: value) { texts += media.parameters.map(\.text) }
      if let disposition = Disposition(field: value) {
        texts += disposition.parameters.map(\.value)
      }
      texts += MessageIdentifier.list(value).map(\.octets)
      let breaks = texts.contains { $0.contains { $0 == 0 || $0 == 10 || $0 == 13 } }
      check(!breaks, "a value of \(name) breaks its line")
      if let date = MailDate(field: value) { check(MailDate(field: date.field), date, name) }
    }
  }
}
