import Control
import Events
import Followers
import Glibc
import Ledger
import Platform
import State

extension VerifyVerb {
  /// Folds each projection anew beside the live one, up to where a copy of that stands, and compares
  /// the logical digests. DESIGN §5
  static func projections(_ call: Call) throws -> ExitCode {
    let data = try DataView(call)
    let bar = ProgressBar(call.terminal)
    let journal = try data.journal()
    let head = try journal.reader.head.rawValue
    let scratch = call.directory.path + "/verify-\(getpid())"
    let state = try StateRebuild.compare(journal, live: data.state, scratch: scratch) {
      bar.update("folding state", $0.rawValue, of: head)
    }
    let followers = try FollowerSet.compare(journal, scratch: scratch) { name, done, last in
      bar.update("folding \(name)", done.rawValue, of: last.rawValue)
    }
    bar.end()
    var isEqual = show("state", state.position, state.live, state.rebuilt, call)
    for one in followers where !show(one.name, one.position, one.live, one.rebuilt, call) {
      isEqual = false
    }
    return isEqual ? .success : .damaged
  }

  private static func show(
    _ name: String, _ position: Position, _ live: Digest, _ rebuilt: Digest, _ call: Call
  ) -> Bool {
    call.terminal.show([
      "projection": .text(name), "equal": .bool(live == rebuilt),
      "position": .number(position.rawValue), "live": .text(live.description),
      "rebuilt": .text(rebuilt.description),
    ])
    if live != rebuilt {
      call.terminal.warn(
        "daybook: \(name) differs from its rebuild; `daybook rebuild \(name)` replaces it")
    }
    return live == rebuilt
  }
}
