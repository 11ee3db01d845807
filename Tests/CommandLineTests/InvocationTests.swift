import TestKit
import Testing

@testable import CommandLine

@Suite struct InvocationTests {
  private static let usage = Usage(
    "send", "Send it.", operands: [.required("WHAT"), .optional("WHERE")],
    options: [
      .init("--size", "N", "its size"), .init("--type", "T,...", "types"),
      .init("--quick", nil, "hurry"),
    ])
  private static let open = Usage(
    "open", "Open.", operands: [.optional("FILE", repeats: true)])

  @Test func wordsAreRead() throws {
    let one = try Invocation(Self.usage, ["a", "--size", "7", "--quick", "b"])
    check(one.operands, ["a", "b"])
    check(try one.number("--size"), 7)
    check(one.has("--quick") && !one.has("--type"), "switches")
    let two = try Invocation(Self.usage, ["--size=8", "--size=9", "--", "--odd"])
    check(two["--size"], "9", "the last wins")
    check(two.operands, ["--odd"], "what follows -- is no option")
    let three = try Invocation(Self.usage, ["x", "--type", "a,b", "--type=c", "--size="])
    check(three.list("--type"), ["a", "b", "c"])
    check(three["--size"], "")
    check(try Invocation(Self.open, ["a", "b", "c"]).operands.count, 3)
    check(try Invocation(Self.usage, ["--help"]).has("--help"), "--help needs no operands")
  }

  /// Each says what is wrong with which word.
  @Test func misuseIsNamed() {
    let table: [([String], String)] = [
      ([], "WHAT is missing; usage: daybook send WHAT [WHERE] [options]"),
      (["a", "b", "c"], "\"c\" is one word too many; usage: daybook send WHAT [WHERE] [options]"),
      (["a", "--slow"], "send has no option --slow; see --help"),
      (["a", "--size"], "--size needs a value (N)"),
      (["a", "--quick=yes"], "--quick takes no value"),
      (["a", "--siz=1"], "send has no option --siz; see --help"),
    ]
    for (words, message) in table {
      do {
        _ = try Invocation(Self.usage, words)
        Issue.record("\(words) was taken")
      } catch { check("\(error)", message) }
    }
    for text in ["x", "-1", "1.5", "", "99999999999999999999"] {
      do {
        _ = try Invocation(Self.usage, ["a", "--size", text]).number("--size")
        Issue.record("\(text) is no number")
      } catch { check("\(error)", "--size takes a whole number, not \"\(text)\"") }
    }
  }
}
