import CPlatform

/// How the process holds memory, so that what a storm needed is not kept for ever.
public enum Memory {
  /// Lets that many threads allocate at once without waiting for each other; `giveBack` empties the
  /// first heap to its end, of any other it keeps the end. Called once, before the threads start.
  public static func share(among threads: Int) {
    daybook_memory_share(Int32(clamping: threads))
  }

  /// Gives the kernel back what is free. Cheap where nothing was used since; from one task.
  public static func giveBack() { daybook_memory_give_back() }
}
