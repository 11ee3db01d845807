/// The bash completion script, made from the verbs' declarations.
enum Completion {
  static func bash(_ usages: [Usage]) -> String {
    let verbs = usages.map { $0.words.joined(separator: " ") }
    let first = Set(usages.map { $0.words[0] }).sorted()
    var script = """
      # bash completion for daybook; load it with: source <(daybook completion bash)
      _daybook() {
        local word="${COMP_WORDS[COMP_CWORD]}" line="${COMP_WORDS[*]:1:COMP_CWORD-1}"
        case "$line" in

      """
    script += clause("", first)
    for name in first where !verbs.contains(name) {
      let second = usages.filter { $0.words[0] == name && $0.words.count > 1 }.map { $0.words[1] }
      script += clause(name, second)
    }
    for usage in usages {
      script += clause(usage.words.joined(separator: " ") + "*", usage.options.map(\.name))
    }
    script += """
        esac
      }
      complete -o default -F _daybook daybook

      """
    return script
  }

  private static func clause(_ line: String, _ words: [String]) -> String {
    let pattern =
      line.hasSuffix("*") ? "\"\(line.dropLast())\"|\"\(line.dropLast()) \"*" : "\"\(line)\""
    return
      "    \(pattern)) COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$word\"));;\n"
  }
}
