import TestKit
import Testing

@testable import CommandLine

@Suite struct OutgoingMessageTests {
  private func completed(
    _ input: String, dots: Bool = false, name: String? = nil, excluding: [String] = []
  ) -> (text: String, recipients: [String]) {
    var message = OutgoingMessage(Array(input.utf8), ignoresDots: dots)
    message.readRecipients(excluding: excluding, host: "mx.test")
    message.complete(sender: "ann@mx.test", fullName: name)
    return (String(decoding: message.octets, as: UTF8.self), message.recipients)
  }

  /// Input and what is sent, with `|` for CRLF.
  static let messages: [(String, Bool, String)] = [
    ("Subject: x\n\nbody\n", false, "From: ann@mx.test|Subject: x||body|"),
    ("Subject: x\r\n\r\nbody", false, "From: ann@mx.test|Subject: x||body|"),
    ("only text\n", false, "From: ann@mx.test||only text|"),
    ("", false, "From: ann@mx.test||"),
    ("From: b@mx.test\n\na\n.\nb\n", false, "From: b@mx.test||a|"),
    ("From: b@mx.test\n\na\n.\nb\n", true, "From: b@mx.test||a|.|b|"),
    (
      "From: root (Cron Daemon)\nTo: root\n\nx\n", true,
      "From: \"Cron Daemon\" <ann@mx.test>|To: root||x|"
    ),
    ("From ann Mon Jan\nFrom: b@mx.test\n\nx\n", true, "From: b@mx.test||x|"),
    (
      "From: b@mx.test\nBcc: c@mx.test,\n d@mx.test\nSubject: s\n\nBcc: stays\n", true,
      "From: b@mx.test|Subject: s||Bcc: stays|"
    ),
  ]

  @Test(arguments: messages)
  func `lines and fields become those of a submitted message`(
    input: String, dots: Bool, expected: String
  ) {
    let text = completed(input, dots: dots).text
    check(text.replacing("\r\n", with: "|"), expected, input)
  }

  @Test func `the header names the recipients, each once`() {
    let input =
      "To: Bob <bob@mx.test>, root, \"a b\"@x.test\nCc: g: c@x.test, bob@mx.test;\nBcc: d@x.test\n\nx\n"
    check(
      completed(input, excluding: ["d@x.test"]).recipients,
      ["bob@mx.test", "root@mx.test", "\"a b\"@x.test", "c@x.test"])
  }

  @Test func `the full name stands where there is no From`() {
    check(
      completed("Subject: s\n\n", name: "Ann A.").text.hasPrefix(
        "From: \"Ann A.\" <ann@mx.test>\r\n"), true)
  }
}
