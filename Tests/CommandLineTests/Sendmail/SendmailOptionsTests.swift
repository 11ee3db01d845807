import TestKit
import Testing

@testable import CommandLine

@Suite struct SendmailOptionsTests {
  /// A command line as a program writes it, and what is read from it.
  static let calls: [(String, String)] = [
    ("-t -i", "- t i []"),
    ("-FCronDaemon -i -B8BITMIME -oem -odb root", "- i [root]"),
    ("-oem -oi -f ann@mx.test -- -bob@mx.test", "ann@mx.test i [-bob@mx.test]"),
    ("-i -fann@mx.test bob@mx.test eve@mx.test", "ann@mx.test i [bob@mx.test eve@mx.test]"),
    ("-ti -rann@mx.test", "ann@mx.test t i []"),
    ("-f <> x@y.test", "<> [x@y.test]"),
    ("-N never -R hdrs -V id1 -bm -v x@y.test", "- [x@y.test] NEVER HDRS id1"),
    ("-O DeliveryMode=b -d0.1 -L tag -q10m", "error"),
    ("-bd", "error"), ("-f", "error"), ("-k", "error"),
  ]

  @Test(arguments: calls)
  func `command lines of other programs are understood`(call: String, expected: String) {
    var found: String
    do {
      let options = try SendmailOptions(call.split(separator: " ").map(String.init))
      found = options.sender ?? "-"
      if options.readsRecipients { found += " t" }
      if options.ignoresDots { found += " i" }
      found += " [\(options.recipients.joined(separator: " "))]"
      for value in [options.notify, options.returning, options.envelopeID] {
        found += value.map { " \($0)" } ?? ""
      }
    } catch { found = "error" }
    check(found, expected, call)
  }
}
