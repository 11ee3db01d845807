import Platform

/// Puts one directory in another's place, so that a crash leaves one of the two there.
public enum DirectorySwap {
  /// Gives `fresh` the name `place`, and what was there another name, which is returned.
  public static func exchange(_ fresh: String, with place: String) throws -> String {
    let old = place + ".old"
    try Directory.removeTree(old)
    if Directory.exists(place) { try Directory.rename(place, to: old) }
    do {
      try Directory.rename(fresh, to: place)
    } catch {
      if Directory.exists(old) { try Directory.rename(old, to: place) }
      throw error
    }
    if let parent = Directory.parent(of: place) { try Directory.sync(parent) }
    return old
  }

  /// After a crash between the two steps: the old one goes back.
  public static func mend(_ place: String) throws {
    let old = place + ".old"
    guard Directory.exists(old) else { return }
    if Directory.exists(place) {
      try Directory.removeTree(old)
    } else {
      try Directory.rename(old, to: place)
    }
  }
}
