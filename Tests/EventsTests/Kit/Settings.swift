import Glibc

/// What the environment asks of a test run.
enum Settings {
  /// Whether missing golden files are to be written: `DAYBOOK_RECORD_GOLDEN=1`.
  static let recordsGolden = getenv("DAYBOOK_RECORD_GOLDEN").map { String(cString: $0) } == "1"
}
