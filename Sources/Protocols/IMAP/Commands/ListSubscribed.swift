/// LSUB: the subscribed names that a pattern describes. RFC 3501 §6.3.9
struct ListSubscribed: Command {
  static let verbs: [StaticString] = ["LSUB"]

  let reference: [UInt8]
  let pattern: [UInt8]

  // lsub = "LSUB" SP mailbox SP list-mailbox
  init(_ parser: inout Parser, isUID: Bool) throws(SyntaxFailure) {
    try parser.space()
    reference = try parser.astring()
    try parser.space()
    pattern = try parser.listMailbox()
  }
}
