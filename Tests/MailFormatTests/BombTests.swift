import Glibc
import MailFormat
import TestKit
import Testing

/// Messages made to be expensive cost no more than others of their size. RELIABILITY S12, S13
@Suite struct BombTests {
  /// A hostile message; `size` is in proportion to its octets.
  struct Bomb: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (Int) -> String
    var testDescription: String { name }
    init(_ name: String, _ make: @escaping @Sendable (Int) -> String) {
      self.name = name
      self.make = make
    }
  }

  static func times(_ count: Int, _ text: String) -> String {
    String(repeating: text, count: count)
  }

  static func many(_ count: Int, _ text: (Int) -> String) -> String {
    (0..<count).map(text).joined()
  }

  static let bombs = [
    Bomb("many fields") { many($0, { "X-\($0): y\r\n" }) + "\r\nbody" },
    Bomb("one long field") { "Subject: " + times($0 * 10, "a") + "\r\n\r\n" },
    Bomb("one long unknown field") { "X: " + times($0, "a b\r\n ") + "\r\n\r\n" },
    Bomb("many folds") { "Subject:" + times($0, "\r\n a b c") + "\r\n\r\n" },
    Bomb("many addresses") { "To: " + many($0, { "a\($0)@b.test, " }) + "\r\n\r\n" },
    Bomb("many destinations") { times($0, "To: a@b.test\r\n") + "\r\n" },
    Bomb("many at signs") { "From: " + times($0 * 5, "a@") + "\r\n\r\n" },
    Bomb("many routes") { "From: <" + times($0 * 4, "@a,") + ":x@y>\r\n\r\n" },
    Bomb("groups") { "To: " + times($0 * 3, "a:;") + "\r\n\r\n" },
    Bomb("nested comments") { "From: " + times($0 * 10, "(") + "\r\n\r\n" },
    Bomb("closed comments") { "From: " + times($0 * 5, "()") + times($0 * 2, ")") + "\r\n\r\n" },
    Bomb("open quotes") { "From: " + times($0 * 3, "\"a\\") + "\r\n\r\n" },
    Bomb("dots and spaces") { "From: " + times($0 * 3, "a . ") + "@x\r\n\r\n" },
    Bomb("continued parameters") {
      "Content-Type: a/b" + many($0, { "; n*\($0)*=%41" }) + "\r\n\r\n"
    },
    Bomb("many parameters") { "Content-Type: a/b" + many($0, { ";x\($0)=\"y\"" }) + "\r\n\r\n" },
    Bomb("empty parameters") { "Content-Type: a/b" + times($0 * 5, ";\"\"") + "\r\n\r\n" },
    Bomb("languages") { "Content-Language: " + times($0 * 5, "a,") + "\r\n\r\n" },
    Bomb("many Received") { times($0 / 3, "Received: from a by b; date\r\n") + "\r\n" },
    Bomb("lines that are no fields") { times($0 * 5, "x\r\n") + "\r\n" },
    Bomb("deep multiparts") { count in
      many(count / 5, { "Content-Type: multipart/mixed; boundary=b\($0)\r\n\r\n--b\($0)\r\n" })
    },
    Bomb("deep messages") { times($0 / 3, "Content-Type: message/rfc822\r\n\r\n") },
    Bomb("many empty parts") {
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + times($0 * 2, "--b\r\n")
    },
    Bomb("many parts with headers") {
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + times($0 / 2, "--b\r\nContent-ID: <x@y>\r\nContent-Type: a/b; x=y; z=u\r\n\r\nx\r\n")
    },
    Bomb("many digests") {
      "Content-Type: multipart/digest; boundary=b\r\n\r\n" + times($0, "--b\r\n\r\nFrom: a\r\n\r\n")
    },
    Bomb("equal boundaries") {
      times(100, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n")
        + times($0 * 2, "--b\r\n")
    },
    Bomb("boundaries that differ at their ends") { count in
      let stem = times(200, "x")
      let open = many(99) {
        "Content-Type: multipart/mixed; boundary=\(stem)\($0 + 100)\r\n\r\n--\(stem)\($0 + 100)\r\n"
      }
      return open + times(count / 15, "--\(stem)999\r\n")
    },
    Bomb("long boundary") {
      "Content-Type: multipart/mixed; boundary=" + times($0, "b") + "\r\n\r\n"
        + times($0 * 2, "--bb\r\n")
    },
    Bomb("dashes under many boundaries") {
      many(99, { "Content-Type: multipart/mixed; boundary=b\($0)\r\n\r\n--b\($0)\r\n" })
        + times($0 * 3, "--x\n")
    },
    Bomb("blanks behind a boundary") {
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + times($0 / 10, "--b\(times(90, " "))x\r\n")
    },
    Bomb("no line endings") { "\r\n" + times($0 * 10, "a") },
    Bomb("empty lines") { "\r\n" + times($0 * 10, "\n") },
  ]

  /// Processor time of this thread, in nanoseconds.
  static func work(_ body: () -> Void) -> UInt64 {
    var start = timespec()
    var end = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    body()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    return UInt64((end.tv_sec - start.tv_sec) * 1_000_000_000 + end.tv_nsec - start.tv_nsec)
  }

  /// Four times the message may cost nine times the work; a square would be sixteen.
  @Test(arguments: bombs)
  func workIsInProportion(bomb: Bomb) {
    let small = [UInt8](bomb.make(6000))
    let large = [UInt8](bomb.make(24_000))
    var cheap = UInt64.max
    var dear = UInt64.max
    for _ in 0..<3 {
      cheap = min(cheap, BombTests.work { _ = MessageScanner.scan(small.span) })
      dear = min(dear, BombTests.work { _ = MessageScanner.scan(large.span) })
    }
    let growth = Double(dear) / Double(max(cheap, 1))
    let size = Double(large.count) / Double(small.count)
    check(growth < size * 2.25, "\(bomb.name): \(growth) times the work for \(size) the size")
  }

  @Test(arguments: bombs)
  func factsStayWithinTheLimits(bomb: Bomb) {
    let message = [UInt8](bomb.make(20_000))
    let facts = MessageScanner.scan(message.span)
    check(fault(facts.structure, in: 0..<UInt64(message.count)), nil, bomb.name)
    let (parts, depth, addresses, parameters) = BombTests.measure(facts)
    let limits = ScanLimits()
    check(parts <= limits.parts, "\(bomb.name): \(parts) parts")
    check(depth <= limits.depth + 1, "\(bomb.name): depth \(depth)")
    // Each list may end with the marker that closes its group.
    check(addresses <= limits.addresses + 10, "\(bomb.name): \(addresses) addresses")
    check(parameters <= limits.parameters + parts, "\(bomb.name): \(parameters) parameters")
    check(MailFormatTests.facts(message, chunk: 1000), facts, "\(bomb.name) in chunks")
  }

  /// The number of parts, their depth, and the addresses and parameters in them.
  static func measure(_ facts: MessageFacts) -> (Int, Int, Int, Int) {
    var total = (1, 1, 0, 0)
    func count(_ envelope: Envelope) {
      total.2 += envelope.from.count + envelope.to.count + envelope.cc.count + envelope.bcc.count
    }
    func visit(_ part: BodyStructure, _ depth: Int) {
      total.1 = max(total.1, depth)
      total.3 += part.media.parameters.count + (part.disposition?.parameters.count ?? 0)
      switch part.content {
      case .leaf: break
      case .multipart(let parts):
        total.0 += parts.count
        for inner in parts { visit(inner, depth + 1) }
      case .message(let envelope, let root):
        count(envelope)
        total.0 += 1
        visit(root, depth + 1)
      }
    }
    count(facts.envelope)
    visit(facts.structure, 1)
    return total
  }

  @Test func beyondALimitTheRestIsOneLeaf() {
    var limits = ScanLimits()
    limits.parts = 4
    limits.depth = 3
    let text =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b\n3\n--b\n4\n--b--\n"
    let flat = facts([UInt8](text), chunk: 5, limits: limits)
    check(flat.structure.children.map(\.size), [1, 1, 14], "sizes")
    check(flat.structure.children.last?.media, .opaque, "the last part")
    check(flat.structure.children.last?.lines, 4, "lines of the last part")
    check(flat.isCapped, "the facts say that a limit was met")
    limits.parts = 100
    let nested = BombTests.times(50, "Content-Type: message/rfc822\n\n")
    let deep = facts([UInt8](nested), chunk: 5, limits: limits)
    check(BombTests.measure(deep).1, 4, "depth")
    check(deep.isCapped, "the facts say that a limit was met")
  }

  @Test func longAndManyFieldsAreLeftOut() {
    var limits = ScanLimits()
    limits.fieldOctets = 10
    limits.retainedOctets = 23
    limits.addresses = 2
    let text = "Subject: 0123456789abc\nTo: a,b,c\nFrom: d\nMessage-ID: xyz\nIn-Reply-To: y\n\nbody"
    let facts = facts([UInt8](text), chunk: 3, limits: limits)
    check(facts.envelope.subject?.text, "012345678", "the beginning of a long field")
    check(facts.envelope.to.count, 2, "addresses")
    check(facts.envelope.from, [], "no address left")
    check(facts.envelope.messageID, [UInt8]("xyz"), "kept")
    check(facts.envelope.inReplyTo, nil, "beyond what is kept")
    check(facts.isCapped, "the facts say so")
    check(facts.tally.fields, 5, "all fields are counted")
  }
}
