import Events
import Platform
import TestKit
import Testing

@testable import Authentication

/// The client's side of SCRAM-SHA-256, for tests.
struct SCRAMClient {
  var name = "user"
  var password = "pencil"
  var nonce = "rOprNGfwEbeRWgbNEkqO"
  var header = "n,,"
  var binding: [UInt8] = []

  var bare: String { "n=\(name),r=\(nonce)" }
  var first: [UInt8] { Array((header + bare).utf8) }

  /// The answer to the server's first message, and the signature to expect of it.
  func last(_ serverFirst: [UInt8]) -> (message: [UInt8], signature: String) {
    let text = String(decoding: serverFirst, as: UTF8.self)
    var fields: [Character: String] = [:]
    for field in text.split(separator: ",") {
      fields[field.first ?? " "] = String(field.dropFirst(2))
    }
    let salted = PBKDF2.sha256(
      password: Array(password.utf8), salt: Base64.decode(fields["s"] ?? "") ?? [],
      iterations: Int(fields["i"] ?? "") ?? 1
    ).bytes
    let clientKey = HMAC.sha256(key: salted, Array("Client Key".utf8)).bytes
    let coded = Base64.text(Array(header.utf8) + binding)
    let withoutProof = "c=\(coded),r=\(fields["r"] ?? "")"
    let message = Array("\(bare),\(text),\(withoutProof)".utf8)
    let signature = HMAC.sha256(key: SHA256.digest(clientKey).bytes, message).bytes
    let proof = Base64.text(zip(clientKey, signature).map { $0 ^ $1 })
    let serverKey = HMAC.sha256(key: salted, Array("Server Key".utf8)).bytes
    let answer = Base64.text(HMAC.sha256(key: serverKey, message).bytes)
    return (Array("\(withoutProof),p=\(proof)".utf8), "v=\(answer)")
  }
}

@Suite struct SCRAMTests {
  static func exchange(
    isPlus: Bool = false, offersPlus: Bool = false, bindings: [String: [UInt8]] = [:]
  ) -> SCRAMExchange {
    SCRAMExchange(
      isPlus: isPlus, offersPlus: offersPlus, bindings: bindings,
      nonce: Array("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".utf8))
  }

  static let credentials = SASLCredentials(verifier: PasswordTests.pencil, cram: nil)

  func text(_ action: SASLAction) -> String {
    switch action {
    case .challenge(let octets): String(decoding: octets, as: UTF8.self)
    case .find(let name): "find \(String(decoding: name, as: UTF8.self))"
    case .check: "check"
    case .accept: "accept"
    case .refuse(let failure): "\(failure)"
    }
  }

  /// Runs a whole exchange and gives what the last action was.
  func run(_ exchange: SCRAMExchange, _ client: SCRAMClient) -> String {
    var exchange = exchange
    let found = exchange.start(client.first)
    guard case .find = found else { return text(found) }
    guard case .challenge(let serverFirst) = exchange.found(Self.credentials) else { return "?" }
    let (message, signature) = client.last(serverFirst)
    let answer = exchange.step(message)
    guard case .challenge(let octets) = answer else { return text(answer) }
    check(String(decoding: octets, as: UTF8.self), signature)
    return text(exchange.step([]))
  }

  @Test func theExampleOfTheStandardIsFollowed() {
    // RFC 7677 §3
    var exchange = Self.exchange()
    check(text(exchange.start(nil)), "")
    check(text(exchange.step(Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))), "find user")
    check(
      text(exchange.found(Self.credentials)),
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
    let last =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
      + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    check(text(exchange.step(Array(last.utf8))), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    check(text(exchange.step([])), "accept")
    check(text(exchange.step([])), "malformed")
  }

  @Test func proofsAndBindingsAreChecked() {
    let bindings = ["tls-exporter": [UInt8](1...32), "tls-server-end-point": [UInt8](33...64)]
    let plain = Self.exchange()
    let downgraded = Self.exchange(offersPlus: true)
    let plus = Self.exchange(isPlus: true, offersPlus: true, bindings: bindings)
    let exporter = "p=tls-exporter,,"
    let table: [(String, SCRAMExchange, SCRAMClient, String)] = [
      ("right", plain, SCRAMClient(), "accept"),
      ("wrong password", plain, SCRAMClient(password: "pen"), "refused"),
      ("as oneself", plain, SCRAMClient(header: "n,a=user,"), "accept"),
      ("as nobody", plain, SCRAMClient(header: "n,a=,"), "accept"),
      ("as another", plain, SCRAMClient(header: "n,a=root,"), "refused"),
      ("no PLUS to be had", plain, SCRAMClient(header: "y,,"), "accept"),
      ("PLUS hidden on the way", downgraded, SCRAMClient(header: "y,,"), "refused"),
      ("PLUS not wanted", downgraded, SCRAMClient(), "accept"),
      ("bound without PLUS", downgraded, SCRAMClient(header: exporter), "refused"),
      ("exporter", plus, SCRAMClient(header: exporter, binding: [UInt8](1...32)), "accept"),
      (
        "end point", plus,
        SCRAMClient(header: "p=tls-server-end-point,,", binding: [UInt8](33...64)), "accept"
      ),
      ("relayed", plus, SCRAMClient(header: exporter, binding: [UInt8](2...33)), "refused"),
      ("empty", plus, SCRAMClient(header: exporter), "refused"),
      ("unknown", plus, SCRAMClient(header: "p=tls-unique,,", binding: [1]), "refused"),
      ("unbound", plus, SCRAMClient(), "refused"),
    ]
    for (what, exchange, client, outcome) in table { check(run(exchange, client), outcome, what) }
  }

  @Test(arguments: [
    "", "n", "n,", "n,,", "n,,n=user", "n,,r=abc", "n,,n=,r=abc", "n,,n=user,r=", "x,,n=user,r=abc",
    "n,b=user,n=user,r=abc", "n,,m=ext,n=user,r=abc", "n,,n=us=er,r=abc",
    "n,,n=us=2cer,r=abc", "n,,n=us=2,r=abc", "n,,n=user,r=a c", "n,,n=user,r=a\u{e9}",
    "p=,,n=user,r=abc", "n,,n=user\0,r=abc", "n,,r=abc,n=user",
  ])
  func malformedFirstMessagesAreRefused(_ message: String) {
    var exchange = Self.exchange()
    check(text(exchange.start(Array(message.utf8))), "malformed", message.debugDescription)
  }

  @Test func namesAreUnescapedAndRawBytesRefused() {
    for (coded, name) in [
      ("a=2Cb", "a,b"), ("a=3Db", "a=b"), ("=3D2C", "=2C"), ("\u{fc}", "\u{fc}"),
    ] {
      var exchange = Self.exchange()
      check(text(exchange.start(Array("n,,n=\(coded),r=abc".utf8))), "find \(name)")
    }
    var exchange = Self.exchange()
    check(text(exchange.start(Array("n,,n=a".utf8) + [0xff] + Array(",r=abc".utf8))), "malformed")
  }

  @Test func damagedLastMessagesNeverPass() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<500 {
      var exchange = Self.exchange()
      let client = SCRAMClient()
      _ = exchange.start(client.first)
      guard case .challenge(let serverFirst) = exchange.found(Self.credentials) else { return }
      var message = client.last(serverFirst).message
      let place = Int.random(in: 0..<message.count, using: &random)
      message[place] ^= UInt8.random(in: 1...255, using: &random)
      let outcome = text(exchange.step(message))
      check(["refused", "malformed"].contains(outcome), "octet \(place): \(outcome)")
    }
  }
}
