import Control
import Events
import Ledger
import Platform
import State

/// A data directory as a reader sees it, with or without a server that runs on it.
struct DataView: Sendable {
  let state: StateEnvironment
  private let directory: DataDirectory

  init(_ call: Call) throws {
    directory = call.directory
    if !Directory.exists(directory.journal) { _ = try Self.journal(directory) }
    guard Directory.exists(call.directory.state + "/data.mdb") else {
      throw Failure(
        code: .unavailable,
        message: "\(call.directory.state) is not there yet; start the server once")
    }
    state = try StateEnvironment(call.directory.state, isWriter: false)
  }

  /// The journal, for who needs more than State tells: it takes the longer to open the more it holds.
  func journal() throws -> Journal { try Self.journal(directory) }

  private static func journal(_ directory: DataDirectory) throws -> Journal {
    var surroundings = Journal.Surroundings()
    surroundings.diagnostics = Diagnostics(least: .warning)
    return try Journal(open: directory.path, mode: .reader, surroundings: surroundings)
  }

  /// The domain of that name.
  func domain(_ text: String) throws -> Domain {
    let name = try DomainName(given: text)
    guard let domain = try state.read({ try $0.domain(named: name) }) else {
      throw Refusal.notFound(what: "the domain \(name)")
    }
    return domain
  }

  /// Whose settings `--user` or `--domain` mean.
  func target(_ call: Call) throws -> SettingTarget {
    if let text = call["--user"] {
      guard let user = try state.read({ try $0.user(signingInAs: text) }) else {
        throw Refusal.notFound(what: "the user \(text)")
      }
      return .user(user.id)
    }
    return try call["--domain"].map { .domain(try domain($0).id) } ?? .system
  }
}
