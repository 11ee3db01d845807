extension MailAddress {
  /// The addresses in the value of a field such as `To`, folded or not, with markers around the
  /// members of groups. RFC 5322 §3.4
  ///
  /// Anything is understood as far as it can be; at most `limit` are returned, and after them the
  /// marker that ends a group. Work is in proportion to the value.
  public static func list(_ value: [UInt8], limit: Int = 10_000) -> [MailAddress] {
    AddressParser.parse(Unfolding.unfold(value), limit: limit).addresses
  }
}
