import Events
import Ledger
import Platform

/// One event as it is shown.
struct ReplayLine {
  private let entry: ReplayWalk.Entry

  init(_ entry: ReplayWalk.Entry) { self.entry = entry }

  func show(_ terminal: Terminal, _ names: ReplayNames) {
    let (recorded, bytes) = (entry.recorded, entry.record.bytes)
    let leaf = MerkleTree.leafHash(bytes)
    names.learn(recorded)
    var json = JSONWriter()
    guard !terminal.isJSON else {
      recorded.render(to: &json, leaf: leaf, record: bytes)
      return terminal.say(json.text)
    }
    recorded.render(to: &json, record: bytes)
    let header = recorded.header
    var line = "\(header.position) \(header.time) \(header.type.name) by \(names.who(header.actor))"
    if let session = header.session {
      if let place = names.place(session) { line += " from \(place)" }
      line += " in session \(session)"
    }
    if let domain = header.domain { line += " of domain \(names.domain(domain))" }
    terminal.say(line)
    terminal.say("    \(Self.tail(of: json.text))")
    terminal.say("    leaf \(leaf)")
  }

  /// The payload and the personal part of a rendered event.
  private static func tail(of json: String) -> Substring {
    guard let start = json.firstRange(of: "\"payload\":")?.lowerBound else { return "" }
    return json[start...].dropLast()
  }
}
