import Control
import Ledger

/// One verb of `daybook`: its declaration and what it does.
protocol Verb: SendableMetatype {
  static var usage: Usage { get }

  /// Carries it out.
  ///
  /// - Throws: `Failure`, `Invocation.Misuse`, or what the rooms below throw, which is shown as it is.
  static func run(_ call: Call) async throws -> ExitCode
}

/// A verb's invocation together with where it acts.
struct Call: Sendable {
  let invocation: Invocation
  let terminal: Terminal
  let directory: DataDirectory

  /// The operand at an index, where it was given.
  func operand(_ index: Int) -> String? {
    index < invocation.operands.count ? invocation.operands[index] : nil
  }

  subscript(option: String) -> String? { invocation[option] }

  func has(_ option: String) -> Bool { invocation.has(option) }
}
