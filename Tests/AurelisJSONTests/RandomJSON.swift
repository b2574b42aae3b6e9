/// What a generated text means, to compare the library's view with.
indirect enum Model: Equatable {
    case object([Member])
    case array([Model])
    case string(Text)
    case number(String)
    case bool(Bool)
    case null

    struct Member: Equatable {
        var name: Text
        var value: Model
    }
}

/// A text that equals another only byte for byte.
struct Text: Hashable {
    var string: String

    init(_ string: String) { self.string = string }

    static func == (left: Text, right: Text) -> Bool { left.string.utf8.elementsEqual(right.string.utf8) }

    func hash(into hasher: inout Hasher) { Array(string.utf8).hash(into: &hasher) }
}

/// Makes models and spells them in one of the many ways that JSON has.
struct RandomJSON {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func object(members: Int, depth: Int = 3) -> Model {
        var names: Set<Text> = []
        var made: [Model.Member] = []
        while made.count < members {
            let name = Text(string())
            if names.insert(name).inserted { made.append(Model.Member(name: name, value: value(depth: depth))) }
        }
        return .object(made)
    }

    mutating func value(depth: Int) -> Model {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2, 3: return .number(number())
        case 4, 5: return .string(Text(string()))
        case 6: return .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in value(depth: depth - 1) })
        default: return object(members: Int.random(in: 0..<4, using: &random), depth: depth - 1)
        }
    }

    mutating func string() -> String {
        let alphabet: [Character] = Array("abcdefgXYZ 0189_-\"\\/\n\t\u{1}\u{7F}éß€漢字😀𝄞")
        let long = random.chance(10)
        return String(
            (0..<Int.random(in: 0..<(long ? 80 : 9), using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
        )
    }

    mutating func number() -> String {
        var text = random.chance(30) ? "-" : ""
        text += random.chance(20) ? "0" : String(Int.random(in: 1..<1_000_000, using: &random))
        if random.chance(30) { text += "." + String(Int.random(in: 0..<100_000, using: &random)) }
        if random.chance(15) {
            text +=
                ["e", "E", "e+", "e-"].randomElement(using: &random)! + String(Int.random(in: 0..<20, using: &random))
        }
        return text
    }

    /// The model in JSON, with random white space and escapes.
    mutating func spell(_ model: Model) -> String {
        switch model {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return spell(text.string)
        case .array(let elements):
            return "[" + space() + elements.map { spell($0) + space() }.joined(separator: "," + space()) + "]"
        case .object(let members):
            let spelled = members.map { spell($0.name.string) + space() + ":" + space() + spell($0.value) + space() }
            return "{" + space() + spelled.joined(separator: "," + space()) + "}"
        }
    }

    private mutating func space() -> String {
        random.chance(80) ? "" : [" ", "  ", "\n", "\r\n\t"].randomElement(using: &random)!
    }

    mutating func spell(_ text: String) -> String {
        var spelled = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
            if !mustEscape, !random.chance(8) {
                spelled.unicodeScalars.append(scalar)
            } else if scalar == "\n", random.chance(50) {
                spelled += "\\n"
            } else if scalar == "\"" || scalar == "\\" || scalar == "/", random.chance(50) {
                spelled += "\\" + String(scalar)
            } else {
                for unit in UTF16.encode(scalar)! {
                    let digits = String(unit, radix: 16, uppercase: random.chance(50))
                    spelled += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return spelled + "\""
    }
}
