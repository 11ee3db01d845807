/// Whose settings an event changes.
public enum SettingScope: String, FieldValue {
  case system
  case domain
  case user
}
