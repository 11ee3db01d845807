import Control
import Events
import Glibc
import Ledger
import Network
import Platform
import State
import Store

/// The command line as a whole: finds the verb, runs it, and ends with its exit code.
public enum DaybookCommand {
  static let verbs: [any Verb.Type] = [
    InitVerb.self, ServeVerb.self, StatusVerb.self, DomainAddVerb.self, DomainListVerb.self,
    DomainSetVerb.self, DomainDeleteVerb.self, UserAddVerb.self, UserListVerb.self,
    UserPasswordVerb.self, UserDeleteVerb.self, AliasAddVerb.self, AliasListVerb.self,
    AliasSetVerb.self, AliasDeleteVerb.self, DomainAliasAddVerb.self, DomainAliasListVerb.self,
    DomainAliasDeleteVerb.self, SpoolListVerb.self, SpoolShowVerb.self, SpoolViewVerb.self,
    SpoolForceVerb.self, SpoolResetVerb.self, SpoolHoldVerb.self, SpoolReleaseVerb.self,
    SpoolDeleteVerb.self, SpoolRestoreVerb.self, SpoolConfirmVerb.self, SpoolPriorityVerb.self,
    BlockListVerb.self, BlockLiftVerb.self, AccessListVerb.self, AccessAllowVerb.self,
    AccessDenyVerb.self, AccessRemoveVerb.self,
    SetVerb.self, GetVerb.self, SendmailVerb.self, ReplayVerb.self,
    VerifyVerb.self, RebuildVerb.self, SalvageVerb.self, BackupVerb.self, RestoreVerb.self,
    LimitsVerb.self, BenchVerb.self, CompletionVerb.self, HelpVerb.self, VersionVerb.self,
  ]

  /// Runs the command line of this process; its exit code.
  public static func run(_ arguments: [String] = Swift.CommandLine.arguments) async -> Int32 {
    var words = Array(arguments.dropFirst())
    // As cron, mutt and PHP call it.
    if arguments.first?.split(separator: "/").last == "sendmail" { words.insert("sendmail", at: 0) }
    guard let verb = find(words) else { return unknown(words).rawValue }
    let usage = verb.usage
    var terminal = Terminal(json: false)
    do {
      let invocation = try Invocation(usage, words.dropFirst(usage.words.count))
      terminal = Terminal(json: invocation.has("--json"))
      if invocation.has("--help") {
        terminal.say(usage.help)
        return ExitCode.success.rawValue
      }
      let call = Call(
        invocation: invocation, terminal: terminal,
        directory: DataDirectory(invocation["--data"] ?? standardDirectory))
      return try await verb.run(call).rawValue
    } catch {
      return report(error, terminal).rawValue
    }
  }

  private static var standardDirectory: String {
    guard let value = unsafe getenv("DAYBOOK_DATA") else { return "data" }
    return unsafe String(cString: value)
  }

  /// The verb whose words begin the command line; the longest wins.
  private static func find(_ words: [String]) -> (any Verb.Type)? {
    verbs.filter { words.starts(with: $0.usage.words) }
      .max { $0.usage.words.count < $1.usage.words.count }
  }

  private static func unknown(_ words: [String]) -> ExitCode {
    let terminal = Terminal(json: false)
    guard let first = words.first, first != "--help", first != "-h" else {
      terminal.say(HelpVerb.overview)
      return words.isEmpty ? .usage : .success
    }
    guard !first.hasPrefix("-") else {
      terminal.warn("daybook: options stand behind the verb, as in: daybook status \(first) ...")
      return .usage
    }
    let near = verbs.map { $0.usage }.filter { $0.words[0] == first }.map {
      $0.words.joined(separator: " ")
    }
    let advice =
      near.isEmpty
      ? "`daybook help` lists the verbs" : "it is one of: " + near.joined(separator: ", ")
    terminal.warn(
      "daybook: there is no verb \"\(words.prefix(2).joined(separator: " "))\"; \(advice)")
    return .usage
  }

  /// One line for the person, and the code for the script.
  private static func report(_ error: any Error, _ terminal: Terminal) -> ExitCode {
    let (code, message): (ExitCode, String) =
      switch error {
      case let failure as Failure: (failure.code, failure.message)
      case let misuse as Invocation.Misuse: (.usage, misuse.description)
      case let refusal as Refusal: (.refused, refusal.description)
      case let error as LedgerError: (error.isDamage ? .damaged : .unavailable, error.description)
      case let error as BackupError: (error.isDamage ? .damaged : .refused, error.description)
      case let error as StoreError: (error.isDamage ? .damaged : .unavailable, error.description)
      case let error as SystemError: (.unavailable, Advice.of(error))
      case let error as ListenerRefusal: (.unavailable, Advice.of(error))
      case let error as KeyringError: (error.exitCode, error.description)
      default: (.unavailable, "\(error)")
      }
    terminal.warn("daybook: \(message)")
    return code
  }
}

extension LedgerError {
  var isDamage: Bool {
    switch self {
    case .damaged, .rolledBack: true
    default: false
    }
  }
}

extension BackupError {
  var isDamage: Bool {
    switch self {
    case .malformed, .changed, .unproven: true
    case .absent, .foreign, .keyring, .notEmpty: false
    }
  }
}

extension KeyringError {
  var exitCode: ExitCode {
    switch self {
    case .damaged, .malformed: .damaged
    case .sealed, .older, .foreign: .refused
    default: .unavailable
    }
  }
}
