import Network
import Platform
import TestKit
import Testing

@testable import Delivery

@Suite struct EncryptionTests {
  /// Sends one letter and tells the verdict, the failure's status and whether TLS was spoken.
  static func send(
    _ stage: Stage, to endpoint: Endpoint, _ security: OutboundTerms.Security,
    trust: TLSContext.Trust = .anyone
  ) async throws -> String {
    let courier = Courier(try stage.means(trust: trust))
    let report = await courier.deliver(letter, words, to: [endpoint], Stage.terms(security)) { _ in
    }
    courier.pool.close()
    let visit = report.visits[0]
    let way = visit.tls == nil ? visit.hasFallenBack ? "fallen back" : "clear" : "encrypted"
    return "\(report.outcomes[0].verdict) \(report.outcomes[0].status) \(way)"
  }

  @Test func securityGoesAsFarAsItIsAsked() async throws {
    let (identity, chain) = try Stage.identity("mx.test")
    let scratch = try ScratchDirectory()
    try RepositoryFiles.write("\(scratch.path)/ca.pem", chain)
    let trust = TLSContext.Trust.file("\(scratch.path)/ca.pem")
    let tls = try TLSContext(server: [identity])
    try await Stage.run { stage in
      let sink = Sink(["STARTTLS"], tls: tls)
      let open = try stage.open(sink.serve)
      let clear = try stage.open(Sink([]).serve)
      let other = Endpoint(host: "other.test", address: open.address)
      let implicit = try stage.open { connection in
        try await connection.startTLS(tls)
        try await sink.serve(connection)
      }
      let table: [(Endpoint, OutboundTerms.Security, TLSContext.Trust, String)] = [
        (open, .opportunistic, .anyone, "delivered 2.0.0 encrypted"),
        (open, .never, .anyone, "delivered 2.0.0 clear"),
        (clear, .opportunistic, .anyone, "delivered 2.0.0 clear"),
        (open, .required(verified: false), .system, "delivered 2.0.0 encrypted"),
        (open, .required(verified: true), trust, "delivered 2.0.0 encrypted"),
        (open, .required(verified: true), .system, "deferred 4.7.5 clear"),
        (other, .required(verified: true), trust, "deferred 4.7.5 clear"),
        (clear, .required(verified: false), .anyone, "deferred 4.7.4 clear"),
        (implicit, .implicit(verified: true), trust, "delivered 2.0.0 encrypted"),
        (implicit, .implicit(verified: true), .system, "deferred 4.7.5 clear"),
        (clear, .implicit(verified: false), .anyone, "deferred 4.7.5 clear"),
      ]
      for (index, (endpoint, security, trust, expected)) in table.enumerated() {
        let told = try await Self.send(stage, to: endpoint, security, trust: trust)
        check(told, expected, "row \(index)")
      }
      check(sink.taken.commands.filter { $0.hasPrefix("EHLO") }.count, 10, "EHLO again behind TLS")
    }
  }

  @Test func brokenTLSFallsBackToClearOnlyWhereThatMayBe() async throws {
    try await Stage.run { stage in
      // It says go, and then speaks no TLS.
      let broken = Sink(["STARTTLS"]) { command, connection in
        guard command == "STARTTLS" else { return nil }
        connection.write("220 go\r\n")
        _ = try await connection.readExactly(1, within: .seconds(20))
        connection.write("this is no TLS\r\n")
        try await connection.flush()
        return "hang up"
      }
      let endpoint = try stage.open(broken.serve)
      check(try await Self.send(stage, to: endpoint, .opportunistic), "delivered 2.0.0 fallen back")
      check(broken.taken.messages.count, 1)
      check(
        try await Self.send(stage, to: endpoint, .required(verified: false)), "deferred 4.7.5 clear"
      )
      check(broken.taken.messages.count, 1)
    }
  }
}
