import Network
import Platform
import TestKit
import Testing

@Suite struct DeadlineTests {
  /// Moves the clock and lets the loop look at it.
  func pass(_ time: Duration, _ clock: ManualClock, _ stage: Stage) async {
    await stage.turns()
    clock.advance(by: time)
    await stage.turns()
  }

  @Test func anIdleReadEndsAtItsDeadlineAndNotBefore() async throws {
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      let address = try stage.open(serve: echo)
      let client = try await stage.connect(address)
      await pass(.milliseconds(29_900), clock, stage)
      client.write("still here\r\n")
      check(try await client.line(), "still here")
      await pass(.milliseconds(29_900), clock, stage)
      check(stage.listeners.connectionCount, 1)
      await pass(.milliseconds(200), clock, stage)
      check(try await client.line(), "- timedOut")
      check(try await client.line(), nil)
      client.close()
    }
  }

  @Test func aDrippingLineDoesNotMoveItsDeadline() async throws {
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      let address = try stage.open(serve: echo)
      let client = try await stage.connect(address)
      for _ in 0..<6 {
        client.write("x")
        try await client.flush()
        await pass(.milliseconds(5_100), clock, stage)
      }
      check(try await client.line(), "- timedOut")
      client.close()
    }
  }

  @Test func aPeerThatTakesNothingIsClosedAtTheWriteDeadline() async throws {
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      let address = try stage.open { connection in
        connection.writeTimeout = .seconds(10)
        let block = [UInt8](repeating: 0x78, count: 32_768)
        do throws(ConnectionFailure) {
          while true {
            connection.write(block)
            try await connection.drain()
            check(connection.bufferedOutput <= Connection.highWater, "output is bounded")
          }
        } catch {
          check(error, .timedOut)
        }
        check(connection.isClosed, "a connection that takes nothing is closed")
      }
      let client = try await stage.connect(address)
      while stage.listeners.connectionCount == 0 { await stage.turns(1) }
      while stage.listeners.connectionCount > 0 {
        await pass(.seconds(11), clock, stage)
      }
      client.close()
    }
  }

  @Test func aConnectThatNobodyAnswersEndsAtItsDeadline() async throws {
    let clock = ManualClock()
    try await Stage.run(clock: clock) { stage in
      // 192.0.2.0/24 is for documentation; a machine without a route says so at once.
      let attempt = Task(executorPreference: stage.loop) {
        do {
          let connection = try await Connection.connect(
            to: .ip(IPAddress("192.0.2.1")!, port: 9), on: stage.loop, within: .seconds(5))
          connection.close()
          return "connected"
        } catch ConnectionFailure.timedOut {
          return "timed out"
        } catch {
          return "refused"
        }
      }
      await pass(.seconds(6), clock, stage)
      check(await attempt.value != "connected", "nobody listens there")
    }
  }
}
