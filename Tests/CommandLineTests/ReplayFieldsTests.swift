import TestKit
import Testing

@testable import CommandLine

@Suite struct ReplayFieldsTests {
  @Test(arguments: [
    (#"{"a":1,"b":true,"c":null}"#, ["a 1", "b true", "c null"]),
    (
      #"{"text":"word","two":"two words","none":""}"#,
      ["text word", #"two "two words""#, #"none """#]
    ),
    (
      #"{"quote":"a\"b","back":"\\Seen","bell":"x\u0007","comma":"a,b"}"#,
      [#"quote "a\"b""#, #"back "\\Seen""#, #"bell "x\u0007""#, #"comma "a,b""#]
    ),
    (
      #"{"list":[1,"a","b c"],"empty":[],"nothing":{}}"#,
      [#"list 1, a, "b c""#, "empty []", "nothing {}"]
    ),
    (
      #"{"payload":{"parts":[{"size":3},{"size":4,"of":[[1],[2]]}]}}"#,
      [
        "payload.parts.1.size 3", "payload.parts.2.size 4", "payload.parts.2.of.1 1",
        "payload.parts.2.of.2 2",
      ]
    ),
    (#"{"name":"Ünï","rtl":"a\u{202E}b"}"#.replacingEscape, ["name Ünï", "rtl \"a\u{202E}b\""]),
  ])
  func everyMemberIsOnePair(json: String, pairs: [String]) {
    check(ReplayFields(json).pairs.map { "\($0.key) \($0.value)" }, pairs)
  }
}

extension String {
  /// With the one character that looks like nothing in a source file.
  fileprivate var replacingEscape: String {
    split(separator: #"\u{202E}"#).joined(separator: "\u{202E}")
  }
}
