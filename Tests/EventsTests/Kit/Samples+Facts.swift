import Events
import MailFormat
import TestKit

extension EncodedEnvelope: Sampled {
  static func sample(_ random: inout SeededRandom) -> EncodedEnvelope {
    EncodedEnvelope(Envelope.sample(&random))
  }
}

extension EncodedStructure: Sampled {
  static func sample(_ random: inout SeededRandom) -> EncodedStructure {
    EncodedStructure(BodyStructure.sample(&random))
  }
}

extension MailAddress: Sampled {
  static func sample(_ random: inout SeededRandom) -> MailAddress {
    MailAddress(
      name: random.maybe(), route: random.maybe(), mailbox: random.maybe(), host: random.maybe())
  }
}

extension Envelope: Sampled {
  static func sample(_ random: inout SeededRandom) -> Envelope {
    let from: [MailAddress] = random.list()
    return Envelope(
      date: random.maybe(), subject: random.maybe(), from: from,
      sender: Bool.random(using: &random) ? from : random.list(), replyTo: random.list(),
      to: random.list(), cc: random.list(), bcc: random.list(), inReplyTo: random.maybe(),
      messageID: random.maybe())
  }
}

extension Parameter: Sampled {
  static func sample(_ random: inout SeededRandom) -> Parameter {
    Parameter(name: random.list(), value: random.list())
  }
}

extension Disposition: Sampled {
  static func sample(_ random: inout SeededRandom) -> Disposition {
    Disposition(kind: random.list(), parameters: random.list())
  }
}

extension BodyStructure: Sampled {
  static func sample(_ random: inout SeededRandom) -> BodyStructure {
    sample(&random, depth: 3)
  }

  static func sample(_ random: inout SeededRandom, depth: Int) -> BodyStructure {
    let start = random.number() >> 2
    let body = start + random.number() >> 3
    let encodings = [BodyStructure.sevenBit, Array("base64".utf8), []]
    return BodyStructure(
      media: MediaType(type: random.list(), subtype: random.list(), parameters: random.list()),
      id: random.maybe(), description: random.maybe(),
      encoding: encodings.randomElement(using: &random)!, md5: random.maybe(),
      disposition: random.maybe(), languages: random.list(), location: random.maybe(),
      headerStart: start, bodyStart: max(start, body),
      bodyEnd: max(start, body) + random.number() >> 3, lines: random.number(),
      content: content(&random, depth: depth))
  }

  private static func content(_ random: inout SeededRandom, depth: Int) -> Content {
    switch depth == 0 ? 0 : random.next() % 3 {
    case 1:
      let count = Int.random(in: 1..<4, using: &random)
      return .multipart((0..<count).map { _ in sample(&random, depth: depth - 1) })
    case 2: return .message(.sample(&random), sample(&random, depth: depth - 1))
    default: return .leaf
    }
  }
}
