import AurelisJSON
import Foundation

extension FuzzTarget {
    /// The scanner beside Foundation's: both accept the same texts and read the same values in them.
    ///
    /// What differs by intent: Foundation also reads UTF-16 and UTF-32 and a byte order mark, a comma before a closing
    /// bracket, rounds long numbers twice, and refuses those beyond `Double`; we read names that occur twice here only, because it does.
    static let json = FuzzTarget("json") { bytes in
        let tolerant = JSONLimits(rejectsDuplicateMembers: false)
        let ours = Result { () throws(JSONError) in try JSONDocument(bytes, limits: tolerant) }
        let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        switch ours {
        case .success(let document):
            try holds(document.bytes == bytes, "a document that nobody edited has other bytes")
            try walk(document.root)
            if let theirs {
                try compare(document.root, theirs)
            } else {
                try holds(holdsNumberBeyondDouble(document.root), "accepted, which Foundation refuses")
            }
        case .failure(let error):
            try check(error, in: bytes)
            let isOtherEncoding = bytes.contains(0) || bytes.starts(with: [0xEF, 0xBB, 0xBF])
            let isTooDeep = error.code == .depthExceeded
            guard theirs != nil, !isOtherEncoding, !isTooDeep, !isTrailingComma(error, in: bytes) else { break }
            throw FuzzFinding(description: "refused, which Foundation accepts: \(error)")
        }
        try compareLimits(ours, bytes)
    }

    /// Stricter limits accept less, never something else.
    private static func compareLimits(_ tolerant: Result<JSONDocument, JSONError>, _ bytes: [UInt8]) throws {
        if let strict = try? JSONDocument(bytes) {
            guard case .success(let document) = tolerant else {
                throw FuzzFinding(description: "strict limits accept what tolerant ones refuse")
            }
            try holds(strict.root.raw == document.root.raw, "limits change what is read")
            try holds((try? JSONDocument(bytes, limits: .response)) != nil, "an answer may hold less than a request")
        }
        let bounded = JSONLimits.default.with { $0.maximumBytes = 64 }
        try holds(bytes.count <= 64 || (try? JSONDocument(bytes, limits: bounded)) == nil, "the bound does not hold")
    }

    private static func check(_ error: JSONError, in bytes: [UInt8]) throws {
        try holds((0...bytes.count).contains(error.offset), "an error outside the text: \(error)")
        let lines = bytes[..<error.offset].count { $0 == UInt8(ascii: "\n") }
        try holds(error.line == lines + 1 && error.column >= 1, "an error in another line: \(error)")
    }

    /// Every way to a value ends within it.
    private static func walk(_ value: JSONValue) throws {
        switch value.kind {
        case .object:
            try holds(value.count == value.members.map(\.key).count, "members are counted otherwise")
            for (name, member) in value.members {
                try holds(value[name] != nil, "a member is not found by its name")
                try walk(member)
            }
        case .array:
            for (index, element) in value.elements.enumerated() where index < 64 {
                try holds(value[index]?.raw == element.raw, "an element is not found by its index")
            }
            for element in value.elements { try walk(element) }
        case .string:
            guard let text = value.string else { throw FuzzFinding(description: "a string without text") }
            try holds(value.stringEquals(text), "a string differs from itself")
        case .number:
            if let integer = value.int, let double = value.double {
                try holds(Double(integer) == double, "one number is two")
            }
        case .bool: try holds(value.bool != nil, "a boolean without value")
        case .null: try holds(value.isNull, "null is not null")
        }
    }

    private static func compare(_ value: JSONValue, _ theirs: Any) throws {
        switch value.kind {
        case .object:
            let names = value.members.map(\.key)
            // Foundation takes two spellings of one character for one name.
            guard let object = theirs as? [String: Any], object.count == Set(names).count else {
                throw FuzzFinding(description: "an object has other members: \(value)")
            }
            for name in names where names.count(where: { $0 == name }) == 1 {
                guard let member = value[name], let their = object[name] else {
                    throw FuzzFinding(description: "a member is missing: \(name)")
                }
                try compare(member, their)
            }
        case .array:
            guard let array = theirs as? [Any], array.count == value.count else {
                throw FuzzFinding(description: "an array has other elements: \(value)")
            }
            for (element, their) in zip(value.elements, array) { try compare(element, their) }
        case .string:
            let same = (theirs as? String).map { value.string?.utf8.elementsEqual($0.utf8) == true }
            try holds(same == true, "a string reads otherwise: \(value)")
        case .number:
            guard let number = value.double, let their = (theirs as? NSNumber)?.doubleValue else {
                throw FuzzFinding(description: "a number is none: \(value)")
            }
            try holds(number == Double(value.description), "a number is not rounded to the nearest: \(value)")
            // Foundation rounds long numbers twice, by way of `Decimal`.
            let tolerance = value.raw.count < 16 ? 0 : abs(number) * 0x1p-48
            try holds(abs(number - their) <= tolerance, "a number reads otherwise: \(value)")
        case .bool: try holds(value.bool == theirs as? Bool, "a boolean reads otherwise")
        case .null: try holds(theirs is NSNull, "null reads otherwise")
        }
    }

    private static func holdsNumberBeyondDouble(_ value: JSONValue) -> Bool {
        if value.kind == .number { return value.double == nil }
        return value.elements.contains(where: holdsNumberBeyondDouble)
            || value.members.contains { holdsNumberBeyondDouble($0.value) }
    }

    private static func isTrailingComma(_ error: JSONError, in text: [UInt8]) -> Bool {
        guard error.offset < text.count, "}]".utf8.contains(text[error.offset]) else { return false }
        return text[..<error.offset].last { !" \n\r\t".utf8.contains($0) } == UInt8(ascii: ",")
    }
}
