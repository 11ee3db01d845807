/// Who may read a field, for how long.
public enum FieldClass: String, Hashable, Sendable {
  /// In clear, for ever: ids, codes, sizes, times.
  case `public`
  /// Sealed; gone when its key is destroyed: addresses, names, subjects, IP addresses.
  case personal
  /// The value is in a keyring slot and the event carries the slot's number: verifiers, passwords.
  case secret
}
