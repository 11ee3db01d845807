/// Joins the pieces of parameters that were continued. RFC 2231 §3, §4.1
///
///     attribute = base ["*" section] ["*"]
enum ContinuedParameters {
  private struct Piece {
    var section: Int
    var isEncoded: Bool
    var value: [UInt8]
  }

  /// One parameter per base name, at the place of its first piece; those that were not continued
  /// stay as they are.
  ///
  /// Pieces count from 0 without a gap, in any order; those behind a gap are dropped, and of two
  /// with one number the first counts.
  static func join(_ parameters: [Parameter]) -> [Parameter] {
    guard parameters.contains(where: { $0.name.contains(.star) }) else { return parameters }
    var result: [Parameter] = []
    var pieces: [[Piece]] = []
    var places: [[UInt8]: Int] = [:]
    for parameter in parameters {
      guard let (base, section, isEncoded) = split(parameter.name) else {
        result.append(parameter)
        pieces.append([])
        continue
      }
      let piece = Piece(section: section, isEncoded: isEncoded, value: parameter.value)
      if let place = places[base] {
        pieces[place].append(piece)
      } else {
        places[base] = result.count
        result.append(Parameter(name: base, value: []))
        pieces.append([piece])
      }
    }
    for (place, parts) in pieces.enumerated() where !parts.isEmpty {
      result[place] = joined(result[place].name, parts)
    }
    return result
  }

  /// The base name, number and encoding of a piece, or nil for a parameter in one piece.
  private static func split(_ name: [UInt8]) -> (base: [UInt8], section: Int, isEncoded: Bool)? {
    guard let star = name.firstIndex(of: .star), star > 0 else { return nil }
    var digits = name[(star + 1)...]
    let isEncoded = digits.last == .star
    if isEncoded { digits = digits.dropLast() }
    guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy(\.isDigit) else { return nil }
    let section = digits.reduce(0) { $0 * 10 + Int($1 &- 48) }
    return (Array(name[..<star]), section, isEncoded)
  }

  private static func joined(_ base: [UInt8], _ pieces: [Piece]) -> Parameter {
    let isEncoded = pieces.contains(where: \.isEncoded)
    // Sorting is stable, so that of two pieces with one number the first stays in front.
    let ordered = pieces.sorted { $0.section < $1.section }
    var value: [UInt8] = []
    var next = 0
    for piece in ordered where piece.section == next {
      if next == 0, isEncoded, !piece.isEncoded { value += [39, 39] }
      value += isEncoded && !piece.isEncoded ? PercentText.encode(piece.value) : piece.value
      next += 1
    }
    return Parameter(name: isEncoded ? base + [.star] : base, value: value)
  }
}
