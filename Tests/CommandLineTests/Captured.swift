import Glibc
import TestKit

@testable import CommandLine

/// One run of the command line in this process, with what it wrote.
struct Captured {
  let code: Int32
  let output: String
  let errors: String

  /// Runs `daybook WORDS`; the tests that use it run one after another.
  static func run(_ words: [String]) async throws -> Captured {
    let scratch = try ScratchDirectory()
    fflush(nil)
    let saved = [dup(1), dup(2)]
    for (index, name) in ["out", "err"].enumerated() {
      let file = open(scratch.path(name), O_CREAT | O_WRONLY | O_TRUNC, 0o600)
      dup2(file, Int32(index + 1))
      close(file)
    }
    let code = await DaybookCommand.run(["daybook"] + words)
    for (index, descriptor) in saved.enumerated() {
      dup2(descriptor, Int32(index + 1))
      close(descriptor)
    }
    return Captured(
      code: code, output: try text(scratch.path("out")), errors: try text(scratch.path("err")))
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try RepositoryFiles.read(path), as: UTF8.self)
  }
}
