import Aurelis
import AurelisJSON
import Testing

@testable import AurelisProviders

@Suite("Holding the finish chunk back")
struct UsageFoldTests {
    @Test(
        "only a chunk that says why the model stopped is held back",
        arguments: [(#""stop""#, true), (#""""#, false), ("null", false), ("1", false)]
    )
    func finish(reason: String, isHeld: Bool) throws {
        let chunk = #"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":\#(reason)}]}"#
        var fold = UsageFold()
        let (first, then) = fold.take(ProviderEvent(raw: Array(chunk.utf8), chunk: try JSONDocument(chunk)))
        #expect((first == nil) == isHeld)
        #expect(then == nil)
        #expect((fold.takeRest() != nil) == isHeld)
    }
}
