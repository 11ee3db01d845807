import Platform
import TestKit
import Testing

@testable import Delivery

@Suite struct SASLTests {
  static func features(_ mechanisms: String...) -> ServerFeatures {
    var features = ServerFeatures()
    features.mechanisms = Set(mechanisms)
    return features
  }

  static func text(_ step: ClientSASL.Step?) -> String {
    if case .respond(let octets) = step {
      String(decoding: octets, as: UTF8.self)
    } else {
      "\(String(describing: step))"
    }
  }

  /// The exchange of RFC 7677 §3, and what a server may not do in it.
  @Test func scramProvesBothSides() {
    let credentials = OutboundCredentials(name: "user", password: Array("pencil".utf8))
    let nonce = Array("rOprNGfwEbeRWgbNEkqO".utf8)
    let serverFirst =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    func exchange() -> ClientSASL? {
      ClientSASL(
        credentials, Self.features("PLAIN", "SCRAM-SHA-256"), isEncrypted: false, nonce: nonce)
    }
    var client = exchange()
    check(client?.mechanism, "SCRAM-SHA-256")
    check(client?.initial, Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8))
    guard case .derive(let salt, let iterations) = client?.hear(Array(serverFirst.utf8)) else {
      return check(false, "the salted password is asked for")
    }
    let salted = PBKDF2.sha256(password: Array("pencil".utf8), salt: salt, iterations: iterations)
    check(
      Self.text(client?.derived(salted)),
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    check(client?.mayEnd, false, "235 before the server has proven itself is no success")
    var liar = client
    check(liar?.hear(Array("v=AAAA".utf8)), .fail)
    check(client?.hear(Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)), .respond([]))
    check(client?.mayEnd, true)

    for bad in [
      serverFirst.replacing("i=4096", with: "i=1"),
      serverFirst.replacing("i=4096", with: "i=99999999"),
      serverFirst.replacing("r=rO", with: "r=XX"), "r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", "",
      "m=x",
    ] {
      var other = exchange()
      check(other?.hear(Array(bad.utf8)), .fail, bad)
    }
  }

  @Test func theBestMechanismThatMayBeUsedIsUsed() {
    let open = OutboundCredentials(name: "tim", password: Array("tanstaaftanstaaf".utf8))
    let clear = OutboundCredentials(name: "tim", password: open.password, allowsClearText: true)
    let all = Self.features("LOGIN", "PLAIN", "CRAM-MD5")
    let table: [(OutboundCredentials, ServerFeatures, Bool, String?)] = [
      (open, all, true, "PLAIN"), (open, all, false, "CRAM-MD5"), (clear, all, false, "PLAIN"),
      (open, Self.features("LOGIN"), true, "LOGIN"), (open, Self.features("LOGIN"), false, nil),
      (open, Self.features("PLAIN"), false, nil), (open, Self.features(), true, nil),
    ]
    for (credentials, features, isEncrypted, mechanism) in table {
      let found = ClientSASL(credentials, features, isEncrypted: isEncrypted, nonce: [])
      check(found?.mechanism, mechanism)
    }
    // RFC 2195 §3
    var cram = ClientSASL(open, Self.features("CRAM-MD5"), isEncrypted: false, nonce: [])
    check(cram?.mayEnd, false)
    check(
      Self.text(cram?.hear(Array("<1896.697170952@postoffice.reston.mci.net>".utf8))),
      "tim b913a602c7eda7a495b4e6e7334d3890")
    check(cram?.mayEnd, true)
    check(String(describing: open).contains("tanst"), false)
    var dumped = ""
    dump(open, to: &dumped)
    check(dumped.contains("116"), false, "no octet of a password is shown")
  }
}
