import Glibc
import TestKit
import Testing

@testable import State

@Suite struct SettingsTableTests {
  /// `DAYBOOK_REWRITE=1` writes the file anew; the difference is the review.
  @Test func theDocumentationIsTheDeclarations() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = root + "/docs/settings.md"
    let generated = Array(SettingsTable.markdown().utf8)
    if getenv("DAYBOOK_REWRITE") != nil { try RepositoryFiles.write(path, generated) }
    check(try RepositoryFiles.read(path) == generated, "docs/settings.md is not what is declared")
  }
}
