import Events
import Platform
import TestKit
import Testing

/// The examples of RFC 8949 appendix A, as far as records use them.
@Suite struct AppendixATests {
  /// Hexadecimal digits of the item, and what JSON it shows as.
  private static let accepted: [(hex: String, json: String)] = [
    ("00", "0"), ("01", "1"), ("0a", "10"), ("17", "23"), ("1818", "24"), ("1819", "25"),
    ("1864", "100"), ("1903e8", "1000"), ("1a000f4240", "1000000"),
    ("1b000000e8d4a51000", "1000000000000"), ("1bffffffffffffffff", "18446744073709551615"),
    ("3bffffffffffffffff", "-18446744073709551616"), ("20", "-1"), ("29", "-10"),
    ("3863", "-100"), ("3903e7", "-1000"), ("f4", "false"), ("f5", "true"), ("f6", "null"),
    ("40", #""""#), ("4401020304", #""\u0001\u0002\u0003\u0004""#), ("60", #""""#),
    ("6161", #""a""#), ("6449455446", #""IETF""#), ("62225c", #""\"\\""#),
    ("62c3bc", "\"\u{fc}\""), ("63e6b0b4", "\"\u{6c34}\""), ("64f0908591", "\"\u{10151}\""),
    ("80", "[]"), ("83010203", "[1,2,3]"), ("8301820203820405", "[1,[2,3],[4,5]]"),
    (
      "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
      "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]"
    ),
    ("a0", "{}"), ("a201020304", #"{"1":2,"3":4}"#),
    ("a26161016162820203", #"{"a":1,"b":[2,3]}"#), ("826161a161626163", #"["a",{"b":"c"}]"#),
    (
      "a56161614161626142616361436164614461656145",
      #"{"a":"A","b":"B","c":"C","d":"D","e":"E"}"#
    ),
  ]

  /// Tags, floats, undefined, other simple values and indefinite lengths.
  private static let refused = [
    "c249010000000000000000", "c349010000000000000000", "f90000", "f98000", "f93c00",
    "fb3ff199999999999a", "f93e00", "f97bff", "fa47c35000", "fa7f7fffff", "f90001", "f90400",
    "f97c00", "f97e00", "f9fc00", "fa7f800000", "fb7ff0000000000000", "f7", "f0", "f8ff",
    "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304",
    "d818456449455446", "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff",
    "9f018202039f0405ffff", "83018202039f0405ff", "bf61610161629f0203ffff",
    "826161bf61626163ff",
  ]

  /// Well-formed or not, none of these is deterministic. RFC 8949 §4.2.1
  private static let notDeterministic = [
    "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "5801ff", "780161",
    "a2616201616101", "a2616101616102", "a262616101616202", "61ff", "62c328", "00ff", "8301",
    "", "9b7fffffffffffffff00", "bb7fffffffffffffff00", "5b7fffffffffffffff00", "1c", "1f", "ff",
  ]

  @Test func acceptedExamplesValidateAndShowAsJSON() throws {
    for (hex, json) in Self.accepted {
      let bytes = try #require(Hex.decode(hex))
      check(error(bytes), nil, hex)
      var writer = JSONWriter()
      writer.item(bytes)
      check(writer.text, json, hex)
      var cursor = CBORCursor()
      check(try cursor.skip(in: bytes.span), 0..<bytes.count, hex)
    }
  }

  @Test func everythingElseIsRefused() throws {
    for hex in Self.refused {
      let bytes = try #require(Hex.decode(hex))
      check(error(bytes) != nil, "\(hex) was accepted")
      var cursor = CBORCursor()
      check(fails(CBORError.self) { try cursor.skip(in: bytes.span) }, "\(hex) was skipped")
    }
    for hex in Self.notDeterministic {
      let bytes = try #require(Hex.decode(hex))
      check(error(bytes) != nil, "\(hex) was taken for deterministic")
    }
  }

  @Test func depthIsBounded() {
    let deepest = [UInt8](repeating: 0x81, count: CBORCursor.maximumDepth) + [0]
    check(error(deepest), nil)
    check(error([0x81] + deepest), .tooDeep(at: CBORCursor.maximumDepth))
    var json = JSONWriter()
    json.item([0x81] + deepest)
    check(json.text.hasPrefix(#"{"malformed""#), json.text)
    var cursor = CBORCursor()
    let million = [UInt8](repeating: 0x81, count: 1_000_000) + [0]
    check((try? cursor.skip(in: million.span)) == 0..<million.count, "skip does not nest")
  }

  @Test func writerWritesTheShortestForm() {
    var writer = CBORWriter()
    for value in [0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296] as [UInt64] {
      writer.unsigned(value)
    }
    for value in [0, -1, -24, -25, .max, .min] as [Int64] { writer.integer(value) }
    let expected =
      "00171818" + "18ff190100" + "19ffff1a00010000" + "1affffffff1b0000000100000000"
      + "0020373818" + "1b7fffffffffffffff3b7fffffffffffffff"
    check(Hex.encode(writer.bytes), expected)
    var cursor = CBORCursor(at: expected.utf8.count / 2 - 18)
    check(try? cursor.integer(in: writer.bytes.span), .max)
    check(try? cursor.integer(in: writer.bytes.span), .min)
  }

  private func error(_ bytes: [UInt8]) -> CBORError? {
    do { try CBORCursor.validate(bytes.span) } catch { return error }
    return nil
  }
}
