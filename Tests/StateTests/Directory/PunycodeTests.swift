import TestKit
import Testing

@testable import State

/// The samples of RFC 3492 §7.1 and a few labels seen in the wild.
@Suite struct PunycodeTests {
  private static let samples: [(text: String, encoded: String)] = [
    ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
    ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
    ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
    ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
    ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
    ("安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ("そのスピードで", "d9juau41awczczp"),
    ("-> $1.00 <-", "-> $1.00 <--"),
    ("bücher", "bcher-kva"), ("ü", "tda"), ("a", "a-"), ("😀", "e28h"), ("straße", "strae-oqa"),
  ]

  @Test func encodesAndDecodesTheSamples() {
    for sample in Self.samples {
      let scalars = Array(sample.text.unicodeScalars)
      check(Punycode.encode(scalars), Array(sample.encoded.utf8), sample.text)
      check(Punycode.decode(Array(sample.encoded.utf8)), scalars, sample.encoded)
    }
  }

  @Test func refusesWhatIsNoEncodingInsteadOfOverflowing() {
    for bad in ["99999999", "a-é", "zzzzzzzzzzzzzzzzzzzz", "ihqw_", "-"] {
      let decoded = Punycode.decode(Array(bad.utf8))
      check(decoded == nil || decoded?.isEmpty == true, "\(bad) decoded to \(decoded ?? [])")
    }
  }
}
