extension EventCatalogue {
  /// The catalogue as a Markdown document: each type with its version, its meaning, and every field
  /// with its shape and class.
  public static var markdown: String {
    var text = """
      # Events

      Made from the declarations in `Sources/Journal/Events/Payloads`; a test compares. Public fields are in clear for
      ever, personal ones are sealed and can be erased, of secret ones the event carries the number
      of the keyring slot. A question mark marks a field that may be absent.

      """
    for registration in all {
      let type = registration.type
      text += "\n## \(type.name), version \(type.version)\(type.isPublished ? ", published" : "")\n"
      text += "\n\(registration.about)\n\n| field | shape | class |\n|---|---|---|\n"
      for field in registration.fields {
        let name = "`\(field.name)`\(field.isOptional ? "?" : "")"
        text += "| \(name) | \(field.shape) | \(field.fieldClass.rawValue) |\n"
      }
    }
    return text
  }
}
