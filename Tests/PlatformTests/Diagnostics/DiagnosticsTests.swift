import Platform
import TestKit
import Testing

@Suite struct DiagnosticsTests {
  private func lines(
    least: Diagnostics.Level, _ write: (Diagnostics) -> Void
  ) -> [String] {
    let lines = Monitor<[String]>([])
    write(
      Diagnostics(least: least) { line in
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      })
    return lines.withLock { $0 }
  }

  @Test func aLineIsWordsAndValues() {
    let found = lines(least: .debug) { diagnostics in
      diagnostics.log(.warning, "disk_full", [("free", "0"), ("path", "/var/lib/daybook")])
      diagnostics.log(.debug, "plain")
      diagnostics.log(.error, "odd", [("a", ""), ("b", "x y"), ("c", "k=v"), ("d", "\"\\")])
      diagnostics.log(.info, "forged", [("e", "1\nlevel=error event=fake\u{1b}[31m\u{7f}")])
      diagnostics.log(.info, "text", [("f", "grün")])
    }
    check(
      found,
      [
        "level=warning event=disk_full free=0 path=/var/lib/daybook\n",
        "level=debug event=plain\n",
        "level=error event=odd a=\"\" b=\"x y\" c=\"k=v\" d=\"\\\"\\\\\"\n",
        "level=info event=forged e=\"1\\x0alevel=error event=fake\\x1b[31m\\x7f\"\n",
        "level=info event=text f=grün\n",
      ])
  }

  @Test(arguments: Diagnostics.Level.allCases) func lowerLevelsAreLeftOut(least: Diagnostics.Level)
  {
    let found = lines(least: least) { diagnostics in
      for level in Diagnostics.Level.allCases {
        check(diagnostics.writes(level), level >= least)
        diagnostics.log(level, "x")
      }
    }
    let expected = Diagnostics.Level.allCases.filter { $0 >= least }
    check(found, expected.map { "level=\($0) event=x\n" })
  }
}
