import Events
import Glibc
import TestKit
import Testing

@Suite struct CatalogueTableTests {
  /// `DAYBOOK_REWRITE=1` writes the file anew; the difference is the review.
  @Test func theDocumentationIsTheDeclarations() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = root + "/docs/events.md"
    let generated = Array(EventCatalogue.markdown.utf8)
    if getenv("DAYBOOK_REWRITE") != nil { try RepositoryFiles.write(path, generated) }
    check(try RepositoryFiles.read(path) == generated, "docs/events.md is not what is declared")
  }
}
