import Glibc

/// What the environment of the test process says; nil where it says nothing.
public func environmentVariable(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  return String(cString: value)
}
