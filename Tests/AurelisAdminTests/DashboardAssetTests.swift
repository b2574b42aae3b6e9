import NIOCore
import Testing

@testable import AurelisAdmin

@Suite("The page's parts")
struct DashboardAssetTests {
    private static func text(_ asset: DashboardAsset) -> String { String(buffer: asset.body) }

    @Test("all that the page and its scripts refer to is served by this process")
    func references() {
        let names = Set(DashboardAsset.all.map { "/assets/" + $0.name })
        #expect(names.count == DashboardAsset.all.count)
        let reference = /(?:src=|href=|from )["']([^"'#][^"']*)["']/
        for asset in DashboardAsset.all + [.page] {
            for match in Self.text(asset).matches(of: reference) {
                #expect(names.contains(String(match.output.1)), "\(asset.name) refers to \(match.output.1)")
            }
        }
    }

    @Test("nothing is loaded from elsewhere, and no script reads text as markup")
    func hygiene() {
        for asset in DashboardAsset.all + [.page] {
            let text = Self.text(asset).replacing("http://www.w3.org/2000/svg", with: "")
            for word in [
                "http://", "https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", " style=\"",
                "document.write",
            ] {
                #expect(!text.contains(word), "\(asset.name) has \(word)")
            }
        }
        let page = Self.text(.page)
        #expect(!page.contains("<style") && page.matches(of: /<script/).count == 1)
        #expect(page.firstMatch(of: /\son[a-z]+="/) == nil)
    }

    @Test("each part has a tag of its own")
    func tags() {
        let assets = DashboardAsset.all + [.page]
        #expect(Set(assets.map(\.tag)).count == assets.count)
        #expect(assets.allSatisfy { $0.tag.count == 26 && $0.body.readableBytes > 0 })
    }
}
