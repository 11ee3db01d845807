import Network
import TestKit
import Testing

@Suite struct EchoTests {
  @Test func pipelinedLinesAreAnsweredInOrderAtEverySplit() async throws {
    let text = Array("one\r\ntwo\r\n\r\nfour four\r\nQUIT\r\n".utf8)
    try await Stage.run { stage in
      let address = try stage.open(serve: echo)
      for split in 0...text.count {
        let client = try await stage.connect(address)
        client.write(text[..<split])
        try await client.flush()
        await stage.turns()
        client.write(text[split...])
        try await client.flush()
        var lines: [String] = []
        while let line = try await client.line() { lines.append(line) }
        check(lines, ["one", "two", "", "four four", "QUIT"], "split at \(split)")
        client.close()
      }
    }
  }

  @Test func faultyLinesAreReportedAndConsumed() async throws {
    let x = { String(repeating: "x", count: $0) }
    let table: [(sent: String, answers: [String])] = [
      ("a\nb\r\n", ["! bareLineFeed", "b"]),
      ("\n", ["! bareLineFeed"]),
      ("a\rb\r\nc\r\n", ["! bareCarriageReturn", "c"]),
      ("a\r\r\n", ["! bareCarriageReturn"]),
      ("a\0b\r\nc\r\n", ["! nul", "c"]),
      ("a\0\rb\nc\r\n", ["! bareLineFeed", "c"]),
      (x(510) + "\r\n", [x(510)]),
      (x(511) + "\r\nc\r\n", ["! lineTooLong(limit: 512)", "c"]),
      (x(100_000) + "\r\nc\r\n", ["! lineTooLong(limit: 512)", "c"]),
    ]
    try await Stage.run { stage in
      let address = try stage.open(serve: echo)
      for (sent, answers) in table {
        for step in [sent.utf8.count, 1] where step > 1 || sent.utf8.count < 1_000 {
          let client = try await stage.connect(address)
          let bytes = Array((sent + "QUIT\r\n").utf8)
          for start in stride(from: 0, to: bytes.count, by: step) {
            client.write(bytes[start..<min(start + step, bytes.count)])
            try await client.flush()
            if step == 1, bytes.count < 20 { await stage.turns() }
          }
          var lines: [String] = []
          while let line = try await client.line() { lines.append(line) }
          check(lines == answers + ["QUIT"], "\(sent.debugDescription.prefix(20)), step \(step)")
          client.close()
        }
      }
    }
  }

  @Test func aLastLineWithoutItsEndIsDropped() async throws {
    try await Stage.run { stage in
      let address = try stage.open { connection in
        var lines: [String] = []
        do {
          while let line = try await connection.line() { lines.append(line) }
          check(lines, ["one"])
        } catch {
          Issue.record("\(error)")
        }
      }
      let client = try await stage.connect(address)
      client.write("one\r\ntwo")
      await client.hangUp()
    }
  }

  @Test func aLineWithoutEndIsCutOffWithBoundedMemory() async throws {
    try await Stage.run { stage in
      let address = try stage.open(serve: echo)
      let client = try await stage.connect(address)
      let block = [UInt8](repeating: 0x78, count: 65_536)
      var sent = 0
      do {
        while sent < 64 * 65_536 {
          client.write(block)
          try await client.flush()
          sent += block.count
        }
        Issue.record("4 MiB without a line end were taken")
      } catch {
        check(sent >= Connection.discardLimit, "cut off after \(sent) octets")
      }
      client.close()
    }
  }

  @Test func aThousandConnectionsAreServedAtOnce() async throws {
    try await Stage.run(loops: 2) { stage in
      let address = try stage.open(serve: echo)
      var clients: [Connection] = []
      for _ in 0..<1_000 { clients.append(try await stage.connect(address)) }
      for round in 0..<3 {
        for (index, client) in clients.enumerated() {
          client.write("hello \(round) \(index)\r\n")
          try await client.flush()
        }
        for (index, client) in clients.enumerated() {
          check(try await client.line(), "hello \(round) \(index)")
        }
      }
      check(stage.listeners.connectionCount, 1_000)
      for client in clients { client.close() }
    }
  }
}
