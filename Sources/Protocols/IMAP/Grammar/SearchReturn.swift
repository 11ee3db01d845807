/// What an extended search is to return. RFC 4731 §3.1
struct SearchReturn: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let least = SearchReturn(rawValue: 1)
  static let greatest = SearchReturn(rawValue: 2)
  static let all = SearchReturn(rawValue: 4)
  static let count = SearchReturn(rawValue: 8)
}

extension Parser {
  // search-return-opts = "(" [search-return-opt *(SP search-return-opt)] ")"; () is (ALL)
  mutating func searchReturn() throws(SyntaxFailure) -> SearchReturn {
    var options: SearchReturn = []
    try eachInList(mayBeEmpty: true, atMost: 10) { (parser) throws(SyntaxFailure) in
      switch try parser.word() {
      case Word("MIN"): options.insert(.least)
      case Word("MAX"): options.insert(.greatest)
      case Word("ALL"): options.insert(.all)
      case Word("COUNT"): options.insert(.count)
      default: throw .malformed("unknown return option")
      }
    }
    return options.isEmpty ? .all : options
  }
}
