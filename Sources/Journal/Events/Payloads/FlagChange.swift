/// What happens to the flags that an event names.
public enum FlagChange: String, FieldValue {
  case add
  case remove
  case replace
}
