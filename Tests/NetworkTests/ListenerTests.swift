import Network
import Platform
import TestKit
import Testing

@Suite struct ListenerTests {
  @Test func listenersOpenAndCloseUnderLoad() async throws {
    try await Stage.run(loops: 2) { stage in
      let steady = try stage.open(serve: echo)
      let client = try await stage.connect(steady)
      for round in 0..<50 {
        let address = try stage.open(serve: echo)
        var guests: [Connection] = []
        for _ in 0..<5 {
          let guest = try await stage.connect(address)
          guest.write("round \(round)\r\n")
          guests.append(guest)
        }
        for guest in guests { check(try await guest.line(), "round \(round)") }
        let closing = Task { await stage.listeners.close(address, grace: .seconds(20)) }
        for guest in guests {
          check(try await guest.line(), "- stopping")
          guest.close()
        }
        check(await closing.value, "it was open")
        check(try stage.listeners.open(address, Service(name: "again", serve: echo)), address)
        check(await stage.listeners.close(address, grace: .zero), "it was open again")
        client.write("steady\r\n")
        check(try await client.line(), "steady")
      }
      check(stage.listeners.addresses, [steady])
      client.close()
    }
  }

  @Test func theListenerBeyondTheLimitIsRefusedByName() async throws {
    try await Stage.run { stage in
      var addresses: [SocketAddress] = []
      for _ in 0..<Listeners.limit { addresses.append(try stage.open(serve: echo)) }
      do {
        _ = try stage.open(serve: echo)
        Issue.record("listener 1,025 was opened")
      } catch {
        check("\(error)", "at most 1024 listeners can be open")
      }
      check(await stage.listeners.close(addresses[7], grace: .zero), "one place is free")
      _ = try stage.open(serve: echo)
    }
  }

  @Test func aTakenAddressIsRefused() async throws {
    try await Stage.run { stage in
      let address = try stage.open(serve: echo)
      let service = Service(name: "second", serve: echo)
      #expect(throws: ListenerRefusal.alreadyOpen(address)) {
        try stage.listeners.open(address, service)
      }
      let others = Listeners(loops: stage.loops)
      do {
        try others.open(address, service)
        Issue.record("one port was opened twice")
      } catch {
        check("\(error)", "cannot listen: bind \(address): Address already in use (EADDRINUSE)")
      }
    }
  }

  @Test func connectionsBeyondABudgetGetTheRefusalAndPlacesComeBack() async throws {
    try await Stage.run(connections: 5) { stage in
      let tight = try stage.open(
        "tight", limits: .init(perAddress: 2, total: 0), refusal: "421 Too many\r\n", serve: echo)
      let roomy = try stage.open("roomy", limits: .init(perAddress: 0, total: 2), serve: echo)
      let open = try stage.open("open", serve: echo)
      var clients: [Connection] = []
      for (address, places) in [(tight, 2), (roomy, 2), (open, 1)] {
        for _ in 0..<places {
          let client = try await stage.connect(address)
          client.write("in\r\n")
          check(try await client.line(), "in")
          clients.append(client)
        }
        let extra = try await stage.connect(address)
        check(try? await extra.line(), address == tight ? "421 Too many" : nil)
        extra.close()
      }
      let refused = stage.listeners.takeTraffic().filter { $0.service == "tight" }
      check(refused.map(\.refused), [1])
      clients[0].write("QUIT\r\n")
      check(try await clients[0].line(), "QUIT")
      check(try await clients[0].line(), nil)
      clients[0].close()
      while stage.listeners.connectionCount > 4 { await stage.turns(1) }
      let late = try await stage.connect(tight)
      late.write("in again\r\n")
      check(try await late.line(), "in again")
      late.close()
      for client in clients { client.close() }
    }
  }

  @Test func stoppingLetsATransactionFinishAndEndsTheIdle() async throws {
    try await Stage.run { stage in
      let address = try stage.open { connection in
        do {
          while let line = try await connection.readCommand(limit: 512, within: .seconds(30)) {
            connection.write("go on\r\n")
            // The body belongs to the command: a request to stop does not interrupt it.
            let body = try await connection.readExactly(line.count, within: .seconds(30))
            connection.write(body)
            connection.write("\r\n")
          }
        } catch {
          connection.write("bye: \(error)\r\n")
        }
      }
      let idle = try await stage.connect(address)
      let busy = try await stage.connect(address)
      busy.write("12345\r\n")
      check(try await busy.line(), "go on")
      let stop = Task(executorPreference: stage.loop) {
        await stage.listeners.stop(grace: .seconds(60))
      }
      check(try await idle.line(), "bye: stopping")
      check(try await idle.line(), nil)
      idle.close()
      while stage.listeners.connectionCount > 1 { await stage.turns(1) }
      check(stage.listeners.connectionCount, 1)
      busy.write("abcde")
      check(try await busy.line(), "abcde")
      check(try await busy.line(), "bye: stopping")
      check(try await busy.line(), nil)
      busy.close()
      await stop.value
      #expect(throws: ListenerRefusal.stopping) { try stage.open(serve: echo) }
    }
  }

  @Test func thousandsOfConnectionsAreCancelledAtOnce() async throws {
    try await Stage.run(loops: 2, connections: 8_000) { stage in
      let address = try stage.open { connection in
        do throws(ConnectionFailure) {
          _ = try await connection.readLine(limit: 100, within: .seconds(600))
          Issue.record("nothing was sent")
        } catch {
          check(error, .cancelled)
        }
      }
      var clients: [Connection] = []
      for _ in 0..<2_000 { clients.append(try await stage.connect(address)) }
      while stage.listeners.connectionCount < 2_000 { await stage.turns(1) }
      await stage.listeners.stop(grace: .zero)
      check(stage.listeners.connectionCount, 0)
      for client in clients {
        check(try? await client.line(), nil)
        client.close()
      }
    }
  }

  @Test func aRetiredListenersPortIsFreeWhileItsGuestsFinish() async throws {
    try await Stage.run { stage in
      let address = try stage.open { connection in
        _ = try? await connection.readLine(limit: 512, within: .seconds(30))
        connection.write("done\r\n")
      }
      let guest = try await stage.connect(address)
      while stage.listeners.connections.isEmpty { await stage.turns(1) }
      check(await stage.listeners.retire(address, grace: .seconds(30)), "it was open")
      check(!(await stage.listeners.retire(address, grace: .zero)), "it is gone")
      check(try stage.listeners.open(address, Service(name: "next", serve: echo)), address)
      guest.write("go\r\n")
      check(try await guest.line(), "done")
      guest.close()
      let next = try await stage.connect(address)
      next.write("new\r\n")
      check(try await next.line(), "new")
      next.close()
    }
  }

  @Test func oneConnectionIsEndedByItsNumber() async throws {
    try await Stage.run { stage in
      let address = try stage.open("one", serve: echo)
      let client = try await stage.connect(address)
      while stage.listeners.connections.isEmpty { await stage.turns(1) }
      let guest = try #require(stage.listeners.connections.first)
      check(guest.service, "one")
      check(guest.peer, client.local)
      check(guest.local, address)
      check(stage.listeners.end(guest.id), "it was there")
      check(try? await client.line(), nil)
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
      check(!stage.listeners.end(guest.id), "it is gone")
      client.close()
    }
  }

  @Test func limitsChangeAtRunTimeAndTrafficIsSummedUp() async throws {
    try await Stage.run { stage in
      let address = try stage.open { connection in
        do {
          while let line = try await connection.line() {
            connection.tally.commands += 1
            if line == "bad" { connection.tally.badCommands += 1 }
            if line == "message" { connection.tally.isEventful = true }
            connection.write("ok\r\n")
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      for lines in [["a", "bad"], ["bad"], ["a", "message"]] {
        let client = try await stage.connect(address)
        for line in lines {
          client.write("\(line)\r\n")
          check(try await client.line(), "ok")
        }
        client.close()
      }
      while stage.listeners.connectionCount > 0 { await stage.turns(1) }
      stage.listeners.limit("test", to: Service.Limits(perAddress: 1, total: 0))
      let first = try await stage.connect(address)
      first.write("a\r\n")
      check(try await first.line(), "ok")
      let second = try await stage.connect(address)
      check(try? await second.line(), nil)
      let traffic = stage.listeners.takeTraffic()
      check(traffic.map(\.client), [.loopbackV4])
      check(
        traffic.map { [$0.connections, $0.refused, $0.commands, $0.badCommands] }, [[2, 1, 3, 2]])
      check(stage.listeners.takeTraffic(), [])
      stage.listeners.putBack(traffic + traffic)
      check(stage.listeners.takeTraffic().map(\.connections), [4], "put back, and added up")
      first.close()
      second.close()
    }
  }
}
