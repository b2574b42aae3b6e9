internal import Crypto
internal import HTTPTypes
internal import NIOCore

/// A part of the page.
struct DashboardAsset: Sendable {
    let name: String
    let contentType: String
    let body: ByteBuffer
    /// Changes when the content does: a browser that has it is not sent it again.
    let tag: String

    private init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
        self.name = name
        self.contentType = contentType
        body = ByteBuffer(bytes: bytes)
        let digest = SHA256.hash(data: bytes).prefix(12).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        tag = "\"\(digest.joined())\""
    }

    /// The page itself.
    static let page = DashboardAsset("index.html", "text/html; charset=utf-8", PackageResources.index_html)

    /// What the page refers to, below `/assets/`.
    static let all: [DashboardAsset] = [
        DashboardAsset("dashboard.css", "text/css; charset=utf-8", PackageResources.dashboard_css),
        DashboardAsset("icon.svg", "image/svg+xml", PackageResources.icon_svg),
        script("main.js", PackageResources.main_js),
        script("store.js", PackageResources.store_js),
        script("client.js", PackageResources.client_js),
        script("format.js", PackageResources.format_js),
        script("chart.js", PackageResources.chart_js),
        script("summary.js", PackageResources.summary_js),
        script("panels.js", PackageResources.panels_js),
        script("decisions.js", PackageResources.decisions_js),
        script("trace.js", PackageResources.trace_js),
        script("controls.js", PackageResources.controls_js),
    ]

    private static func script(_ name: String, _ bytes: [UInt8]) -> DashboardAsset {
        DashboardAsset(name, "text/javascript; charset=utf-8", bytes)
    }
}
