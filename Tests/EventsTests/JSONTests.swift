import Events
import Platform
import TestKit
import Testing

@Suite struct JSONTests {
  @Test func separatorsStandWhereTheyAreDue() {
    var json = JSONWriter()
    json.object { json in
      json.member("a", 1)
      json.member(
        "b",
        array: { json in
          json.null()
          json.bool(true)
          json.array { _ in }
          json.object { _ in }
        })
      json.member("c", object: { json in json.member("d", UInt64.max) })
      json.member("e", -1.5)
      json.key("f")
      json.number(Double.nan)
      json.member("g", 0.0004)
      json.member("h", 1234.5678)
    }
    let expected =
      #"{"a":1,"b":[null,true,[],{}],"c":{"d":18446744073709551615},"e":-1.500,"f":null,"#
      + #""g":0.000,"h":1234.568}"#
    check(json.text, expected)
  }

  @Test func textCannotBreakOut() {
    let cases: [(String, String)] = [
      ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t\u{0}\u{1f}\u{7f}", #""\n\r\t\u0000\u001f\u007f""#),
      ("</script>&", #""\u003c/script\u003e\u0026""#), ("\u{2028}\u{2029}", #""\u2028\u2029""#),
      ("\u{9b}31m\u{202e}\u{feff}", #""\u009b31m\u202e\ufeff""#), ("\u{1f600}", "\"\u{1f600}\""),
    ]
    for (text, expected) in cases {
      var json = JSONWriter()
      json.text(text)
      check(json.text, expected)
    }
    var json = JSONWriter()
    json.octets([0xFF, 0xFE])
    check(json.text, #"{"base64":"//4="}"#)
  }

  @Test func aRecordShowsHeaderPayloadAndPersonalPart() {
    let event = Event.mailboxRenamed(
      MailboxRenamed(
        user: UserID(rawValue: ID(high: 0, low: 1)), mailbox: MailboxID(rawValue: .zero),
        name: "Caf\u{e9}"))
    let header = EventHeader(
      position: Position(5), time: Timestamp(microseconds: 1), type: event.type,
      id: EventID(rawValue: ID(high: 0, low: 2)), actor: .operator(uid: 0), slot: Slot(3))
    var json = JSONWriter()
    Recorded(header: header, event: event).render(to: &json, leaf: .zero)
    let expected =
      #"{"position":5,"time":"1970-01-01T00:00:00.000001Z","type":"mailbox.renamed","version":1,"#
      + #""id":"00000000-0000-0000-0000-000000000002","actor":"operator:0","slot":3,"leaf":""#
      + String(repeating: "0", count: 64)
      + #"","payload":{"user":"00000000-0000-0000-0000-000000000001","mailbox":"#
      + #""00000000-0000-0000-0000-000000000000"},"personal":{"name":"Café"}}"#
    check(json.text, expected)
  }

  @Test func anUnknownPayloadShowsAsItIs() throws {
    let type = EventType("calendar.shared", version: 2)
    let header = EventHeader(position: Position(1), time: .zero, type: type, id: .zero)
    let stopped = Event.serverStopped(ServerStopped(reason: "why"))
    let record = try RecordParts(header, stopped).record()
    let recorded = try RecordView(record.span).recorded(in: record)
    var json = JSONWriter()
    recorded.render(to: &json, record: record)
    check(json.text.hasSuffix(#""payload":{"reason":"why"}}"#), json.text)
  }
}
