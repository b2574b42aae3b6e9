import Testing

@testable import AurelisTransport

@Suite("Header list")
struct HTTPHeaderListTests {
    @Test("names are compared without case; order and repetitions are kept")
    func lookup() {
        var headers: HTTPHeaderList = ["Content-Type": "text/plain", "Set-Cookie": "a"]
        headers.append("set-cookie", "b")
        #expect(headers["content-type"] == "text/plain")
        #expect(headers.first("SET-COOKIE") == "a")
        #expect(headers.values("set-cookie") == ["a", "b"])
        #expect(headers.map(\.name) == ["Content-Type", "Set-Cookie", "set-cookie"])
        #expect(headers["missing"] == nil)
        #expect(headers.count == 3)
    }

    @Test("setting replaces all values, nil removes them, and no name is fatal")
    func setting() {
        var headers: HTTPHeaderList = ["a": "1", "A": "2", "b": "3"]
        headers["a"] = "4"
        #expect(headers.values("A") == ["4"])
        headers["b"] = nil
        #expect(!headers.contains("B"))
        headers["\u{E9}"] = "x"
        #expect(headers["\u{E9}"] == "x")
        headers.remove("a")
        #expect(headers.count == 1)
        #expect(!headers.isEmpty)
    }
}
