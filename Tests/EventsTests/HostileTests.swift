import MailFormat
import Platform
import TestKit
import Testing

@testable import Events

/// Bytes that somebody or something changed: every reading ends with a value or a typed error.
@Suite struct HostileTests {
  private static let rounds = 400

  @Test func mutatedRecordsNeverTrap() throws {
    var random = SeededRandom(seed: 0xB00C)
    var outcomes = (read: 0, refused: 0)
    for registration in EventCatalogue.all {
      let sample = try SampleRecord(registration, seed: random.next())
      for _ in 0..<Self.rounds {
        let record = withChecksum(mutated(sample.bytes, &random))
        let personal = mutated(sample.personal ?? [0xA0], &random)
        if read(record, personal) { outcomes.read += 1 } else { outcomes.refused += 1 }
      }
    }
    check(outcomes.read > 0 && outcomes.refused > 0, "both ends must occur: \(outcomes)")
  }

  @Test func mutatedFactsNeverTrap() {
    var random = SeededRandom(seed: 0xFAC7)
    var decoded = 0
    for _ in 0..<2000 {
      let envelope = mutated(EncodedEnvelope.sample(&random).bytes, &random)
      let structure = mutated(EncodedStructure.sample(&random).bytes, &random)
      if (try? EncodedEnvelope(stored: envelope).decoded()) != nil { decoded += 1 }
      if (try? EncodedStructure(stored: structure).decoded()) != nil { decoded += 1 }
      if (try? UIDSet(stored: mutated(UIDSet.sample(&random).stored, &random).span)) != nil {
        decoded += 1
      }
      var json = JSONWriter()
      json.item(structure)
      check(isOneLine(json.bytes), "JSON of \(Hex.encode(structure))")
    }
    check(decoded > 0, "some mutations leave a value")
  }

  @Test func randomBytesNeverTrap() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<5000 {
      let bytes = random.bytes(Int(random.next() % 80))
      _ = read(bytes, bytes)
      _ = try? BodyStructure(stored: bytes.span)
      var json = JSONWriter()
      json.item(bytes)
      check(isOneLine(json.bytes), Hex.encode(bytes))
    }
  }

  /// Whether the record could be read with the personal part.
  private func read(_ record: [UInt8], _ personal: [UInt8]) -> Bool {
    do {
      let view = try RecordView(record.span)
      _ = view.leaf(in: record.span)
      _ = try view.origin(in: record.span)
      let recorded = try view.recorded(in: record, personal: personal)
      var json = JSONWriter()
      recorded.render(to: &json, record: record)
      check(isOneLine(json.bytes), Hex.encode(record))
      _ = recorded.event.entities
      _ = RecordParts(recorded.header, recorded.event).open
      return true
    } catch {
      check(!error.description.isEmpty, "every error says something")
      return false
    }
  }

  private func isOneLine(_ json: [UInt8]) -> Bool {
    json.allSatisfy { $0 >= 0x20 } && String(validating: json, as: UTF8.self) != nil
  }

  /// A few bytes changed, cut out, put in, or doubled.
  private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    let interesting: [UInt8] = [
      0, 0x17, 0x18, 0x1B, 0x3B, 0x5B, 0x7F, 0x80, 0x9B, 0xA0, 0xBB, 0xFF,
    ]
    for _ in 0..<Int.random(in: 1..<4, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: bytes.indices, using: &random)
      switch random.next() % 6 {
      case 0: bytes[index] ^= 1 << UInt8(random.next() % 8)
      case 1: bytes[index] = interesting.randomElement(using: &random)!
      case 2: bytes.remove(at: index)
      case 3: bytes.insert(UInt8.sample(&random), at: index)
      case 4: bytes.removeSubrange(index..<min(bytes.count, index + 9))
      default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 20)], at: index)
      }
    }
    return bytes
  }

  /// The record with the checksum of its bytes, so that reading goes beyond it.
  private func withChecksum(_ record: [UInt8]) -> [UInt8] {
    guard record.count > 5 else { return record }
    var writer = CBORWriter()
    writer.encoded(Array(record.dropLast(5)))
    return Record.finished(&writer)
  }
}
