extension TileKey {
  /// The tile's path below a log's prefix, such as `tile/0/x001/234` or, for a partial tile of
  /// `width` hashes (1 to 255), `tile/0/x001/234.p/17`. C2SP tlog-tiles
  public func path(width: Int = TileKey.fullWidth) -> String {
    TileKey.path(of: String(level), index: index, width: width)
  }

  /// The path of the bundle with the entries of a level 0 tile: `tile/entries/x001/234[.p/W]`.
  public static func entriesPath(index: UInt64, width: Int = TileKey.fullWidth) -> String {
    path(of: "entries", index: index, width: width)
  }

  /// Reads a path made by `path(width:)`; nil for anything else, leading zeroes included.
  public static func parse(path: some StringProtocol) -> (key: TileKey, width: Int)? {
    let parts: [String] = path.split(separator: "/" as Character, omittingEmptySubsequences: false)
      .map { String($0) }
    guard parts.count >= 3, parts[0] == "tile", let level = UInt8(parts[1]),
      level <= maximumLevel
    else { return nil }
    var elements = parts[2...]
    var width = fullWidth
    if elements.count >= 2, elements[elements.endIndex - 2].hasSuffix(".p") {
      guard let partial = Int(elements.removeLast()), 1..<fullWidth ~= partial else { return nil }
      width = partial
      elements.append(String(elements.removeLast().dropLast(2)))
    }
    guard let index = index(of: elements) else { return nil }
    let key = TileKey(level: level, index: index)
    return key.path(width: width) == path ? (key, width) : nil
  }

  private static func path(of kind: String, index: UInt64, width: Int) -> String {
    var elements = [padded(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      elements.append("x" + padded(rest % 1000))
      rest /= 1000
    }
    let partial = width < fullWidth ? ".p/\(width)" : ""
    return "tile/\(kind)/" + elements.reversed().joined(separator: "/") + partial
  }

  private static func padded(_ value: UInt64) -> String {
    let digits = String(value)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  private static func index(of elements: ArraySlice<String>) -> UInt64? {
    guard elements.count <= 7 else { return nil }
    var index: UInt64 = 0
    for element in elements {
      guard let digits = UInt64(element.hasPrefix("x") ? element.dropFirst() : element[...]) else {
        return nil
      }
      let (product, tooLarge) = index.multipliedReportingOverflow(by: 1000)
      let (sum, overflow) = product.addingReportingOverflow(digits)
      guard digits < 1000, !tooLarge, !overflow else { return nil }
      index = sum
    }
    return index
  }
}
