/// Whether `body` fails with an error of the type.
func fails<Failure: Error>(_ type: Failure.Type, _ body: () throws -> Void) -> Bool {
  do { try body() } catch { return error is Failure }
  return false
}
