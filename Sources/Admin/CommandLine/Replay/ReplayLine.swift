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
    var heads: [String] = []
    for (key, value) in ReplayFields(json.text).pairs where !Self.headline.contains(key) {
      let isHead = !key.hasPrefix("payload") && !key.hasPrefix("personal")
      if isHead {
        heads.append("\(key) \(value)")
      } else {
        terminal.say("    \(Self.name(key)) \(value)")
      }
    }
    terminal.say("    \(heads.joined(separator: "; "))")
    terminal.say("    leaf \(leaf)")
  }

  /// What the first line tells as it is.
  private static let headline: Set<String> = ["position", "time", "type", "session"]

  private static func name(_ key: String) -> Substring {
    key.hasPrefix("payload.") ? key.dropFirst("payload.".count) : key[...]
  }
}
