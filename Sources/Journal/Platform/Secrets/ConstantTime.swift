import CPlatform

/// Comparisons whose time tells nothing about a secret.
public enum ConstantTime {
  /// Whether both are the same bytes. The time depends on their lengths only.
  public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && daybook_equal(left, right, left.count) == 1
  }
}
