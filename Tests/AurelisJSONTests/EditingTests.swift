import AurelisJSON
import Testing

@Suite("editing")
struct EditingTests {
    @Test(
        "a value is replaced where it stands",
        arguments: [
            (#"{"model":"a","n":1}"#, #"{"model":"b","n":1}"#),
            (#"{ "n" : 1 , "model" : "a" }"#, #"{ "n" : 1 , "model" : "b" }"#),
            (#"{"mod\u0065l":{"x":[1]}}"#, #"{"mod\u0065l":"b"}"#),
            (" {\n  \"model\": null\n}\n", " {\n  \"model\": \"b\"\n}\n"),
        ]
    )
    func replaces(_ before: String, _ after: String) throws {
        var document = try JSONDocument(before)
        let changed = document.set("model", to: "b")
        #expect(changed)
        #expect(document.description == after)
        #expect(document["model"]?.string == "b")
    }

    @Test(
        "a new member follows the last one",
        arguments: [
            ("{}", #"{"model":"b"}"#), ("{ }", #"{"model":"b" }"#), (#"{"n":1}"#, #"{"n":1,"model":"b"}"#),
            ("{\n  \"n\": 1\n}\n", "{\n  \"n\": 1,\"model\":\"b\"\n}\n"),
            (#"{"n":{"model":1}}"#, #"{"n":{"model":1},"model":"b"}"#),
        ]
    )
    func appends(_ before: String, _ after: String) throws {
        var document = try JSONDocument(before)
        let changed = document.set("model", to: "b")
        #expect(changed)
        #expect(document.description == after)
        #expect(document["model"]?.string == "b")
    }

    @Test(
        "a member is removed with one comma",
        arguments: [
            (#"{"a":1}"#, "{}"), (#"{ "a" : 1 }"#, "{  }"), (#"{"a":1,"b":2}"#, #"{"b":2}"#),
            (#"{"b":2,"a":1}"#, #"{"b":2}"#), (#"{"b":2,"a":1,"c":3}"#, #"{"b":2,"c":3}"#),
            ("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"b\": 2\n}"),
            ("{\n  \"b\": 2,\n  \"a\": [1,2]\n}", "{\n  \"b\": 2\n}"),
            (#"{ "x":1 , "a":{"a":1} , "y":2 }"#, #"{ "x":1 , "y":2 }"#),
        ]
    )
    func removes(_ before: String, _ after: String) throws {
        var document = try JSONDocument(before)
        let removed = document.remove("a")
        #expect(removed)
        #expect(document.description == after)
        #expect(document["a"] == nil)
        let removedAgain = document.remove("a")
        #expect(!removedAgain)
        #expect(document.description == after)
    }

    @Test("a root that is no object stays as it is", arguments: ["[1]", "\"a\"", "null", "1"])
    func noObject(_ text: String) throws {
        var document = try JSONDocument(text)
        let changed = document.set("a", to: 1)
        #expect(!changed)
        let removed = document.remove("a")
        #expect(!removed)
        #expect(document.description == text)
    }

    @Test("editing leaves one member of a name that occurred several times")
    func duplicates() throws {
        let text = #"{"a":1,"b":2,"\u0061":3,"a":4,"c":5}"#
        var document = try JSONDocument(text, limits: .lastWins)
        document.set("a", to: 9)
        #expect(document.description == #"{"b":2,"a":9,"c":5}"#)
        var other = try JSONDocument(text, limits: .lastWins)
        other.remove("a")
        #expect(other.description == #"{"b":2,"c":5}"#)
        #expect(other["c"]?.int == 5)
    }

    @Test("a document without edits gives the array it was made of")
    func noCopy() throws {
        let bytes = Array(#"{"a":1}"#.utf8)
        let document = try JSONDocument(bytes)
        let original = bytes.withUnsafeBufferPointer { $0.baseAddress }
        let kept = document.bytes.withUnsafeBufferPointer { $0.baseAddress }
        #expect(kept == original)
    }

    @Test("a hundred thousand members of one name are removed in one pass")
    func manyDuplicates() throws {
        let members = String(repeating: #""a":1,"#, count: 100_000)
        var document = try JSONDocument("{\(members)\"b\":2}", limits: .lastWins)
        document.remove("a")
        #expect(document.description == #"{"b":2}"#)
    }

    @Test("any edits in any order leave all other members byte for byte", arguments: 0..<150)
    func generated(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 1_000)
        let start = random.object(members: Int(seed % 12), depth: 3)
        var document = try JSONDocument(random.spell(start))
        guard case .object(var model) = start else { return }
        for _ in 0..<25 {
            let names = model.map(\.name.string)
            let name = random.random.chance(60) ? names.randomElement(using: &random.random) ?? "new" : random.string()
            let others = document.rawMembers(besides: name)
            let place = model.firstIndex { $0.name == Text(name) }
            if random.random.chance(40) {
                let removed = document.remove(name)
                #expect(removed == (place != nil))
                if let place { model.remove(at: place) }
            } else {
                let value = random.value(depth: 2)
                document.set(name, to: try JSONFragment(validating: Array(random.spell(value).utf8)))
                if let place {
                    model[place].value = value
                } else {
                    model.append(Model.Member(name: Text(name), value: value))
                }
            }
            #expect(document.rawMembers(besides: name) == others)
            #expect(Model(reading: document.root) == .object(model))
            let again = try JSONDocument(document.bytes)
            #expect(Array(document.root.raw) == Array(again.root.raw))
            for member in model {
                let name = member.name.string
                #expect(document[name].map(Model.init(reading:)) == member.value)
                #expect(again[name].map { Array($0.raw) } == document[name].map { Array($0.raw) })
            }
        }
    }
}

extension JSONDocument {
    /// The other members as they are written, in the order of the text.
    fileprivate func rawMembers(besides name: String) -> [[UInt8]] {
        root.members.filter { !$0.key.utf8.elementsEqual(name.utf8) }.map {
            Array($0.key.utf8) + [0] + Array($0.value.raw)
        }
    }
}
