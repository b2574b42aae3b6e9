/// Why a body is not `multipart/form-data`.
struct MultipartFailure: Error, Equatable {
    /// What is wrong, for a person.
    let message: String

    static let noBoundary = MultipartFailure(
        message: "the body does not begin with the boundary that Content-Type names"
    )
    static let afterBoundary = MultipartFailure(
        message: "a boundary is followed by something other than the end of its line"
    )
    static let empty = MultipartFailure(message: "the body has no part")
    static let tooManyParts = MultipartFailure(
        message: "the body has more than \(MultipartParser.maximumParts) parts"
    )
    static let headerTooLong = MultipartFailure(
        message: "the header of a part is longer than \(MultipartParser.maximumHeader) bytes"
    )
    static let incomplete = MultipartFailure(message: "the body ends before its last boundary")
    static let nameless = MultipartFailure(
        message: "a part has no `Content-Disposition: form-data; name=\"…\"` in its header"
    )
    static let encoded = MultipartFailure(message: "a part has a Content-Transfer-Encoding; send the bytes as they are")
}
