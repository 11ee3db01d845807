/// The names of days and months in mail. RFC 5322 §3.3
public enum CalendarNames {
  private static let weekdays = Array("SunMonTueWedThuFriSat".utf8)
  private static let months = Array("JanFebMarAprMayJunJulAugSepOctNovDec".utf8)

  /// The three letters of a weekday, 0 for Sunday.
  static func weekday(_ number: Int) -> ArraySlice<UInt8> {
    weekdays[(number * 3)..<(number * 3 + 3)]
  }

  /// The three letters of a month, 1 for January; `number` is 1 to 12.
  public static func month(_ number: Int) -> ArraySlice<UInt8> {
    months[(number * 3 - 3)..<(number * 3)]
  }

  /// The number of the month whose name begins with these three letters, in whatever case, or nil.
  public static func month(named name: [UInt8]) -> Int? {
    guard name.count >= 3 else { return nil }
    return (1...12).first { number in
      zip(month(number), name).allSatisfy { $0.lowercased == $1.lowercased }
    }
  }
}
