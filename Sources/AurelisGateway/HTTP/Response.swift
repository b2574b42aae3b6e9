/// A whole answer.
struct Response: Sendable {
    var head: ResponseHead
    var body: [UInt8]
}
