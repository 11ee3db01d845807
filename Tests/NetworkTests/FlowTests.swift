import Network
import Platform
import TestKit
import Testing

@Suite struct FlowTests {
  @Test func aPeerThatSendsWithoutReadingIsNotReadFrom() async throws {
    try await Stage.run { stage in
      let address = try stage.open(serve: echo)
      let client = try await stage.connect(address)
      client.writeTimeout = .milliseconds(200)
      let lines = Array(
        String(repeating: String(repeating: "x", count: 98) + "\r\n", count: 300).utf8)
      var sent = 0
      do throws(ConnectionFailure) {
        while sent < 1 << 30 {
          client.write(lines)
          try await client.flush()
          sent += lines.count
        }
        Issue.record("1 GiB was taken without being read")
      } catch {
        check(error, .timedOut)
      }
      check(sent < 64 << 20, "\(sent) octets taken, more than the kernel's buffers")
      client.close()
    }
  }

  @Test func aSignalWakesAnIdleConnectionAndInputDoesToo() async throws {
    try await Stage.run(loops: 2) { stage in
      let address = try stage.open { connection in
        do {
          while true {
            switch try await connection.awaitInput(within: .seconds(30)) {
            case .signal: connection.write("* signal\r\n")
            case .input:
              guard let line = try await connection.line() else { return }
              connection.write("\(line)\r\n")
              if line == "twice" {
                connection.signal()
                connection.signal()
              }
              if line == "elsewhere" { Task.detached { connection.signal() } }
            case .endOfInput: return
            }
          }
        } catch {
          connection.write("- \(error)\r\n")
        }
      }
      let client = try await stage.connect(address)
      for round in 0..<100 {
        client.write("\(round)\r\n")
        check(try await client.line(), "\(round)")
        client.write("elsewhere\r\n")
        check(try await client.line(), "elsewhere")
        check(try await client.line(), "* signal")
      }
      client.write("twice\r\n")
      check(try await client.line(), "twice")
      check(try await client.line(), "* signal")
      client.write("last\r\n")
      check(try await client.line(), "last")
      let stop = Task { await stage.listeners.stop(grace: .seconds(30)) }
      check(try await client.line(), "- stopping")
      client.close()
      await stop.value
    }
  }

  @Test func bodiesAreReadAcrossBuffers() async throws {
    let body = SeededEntropy(seed: 7).bytes(300_000)
    try await Stage.run { stage in
      let address = try stage.open { connection in
        do {
          let start = try await connection.readExactly(100_000, within: .seconds(30))
          connection.write(start)
          try await connection.drain()
          try await connection.discard(100_000, within: .seconds(30))
          while let part = try await connection.read(upTo: 7_000, within: .seconds(30)) {
            connection.write(part)
            try await connection.drain()
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      let client = try await stage.connect(address)
      let sender = Task(executorPreference: stage.loop) {
        for start in stride(from: 0, to: body.count, by: 1_313) {
          client.write(body[start..<min(start + 1_313, body.count)])
          try await client.drain()
        }
        try await client.flush()
      }
      let start = try await client.readExactly(100_000, within: .seconds(30))
      check(start == Array(body[..<100_000]), "the first part came back")
      let rest = try await client.readExactly(100_000, within: .seconds(30))
      check(rest == Array(body[200_000...]), "the last part came back")
      try await sender.value
      client.close()
    }
  }
}
