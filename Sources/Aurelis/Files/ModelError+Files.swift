extension ModelError {
    /// There is no such file, or it is another tenant's.
    package static func noFile(_ id: String, parameter: String = "id") -> ModelError {
        missing("No such File object: \(id.prefix(64))", parameter: parameter, code: "file_not_found")
    }

    /// There is no such batch, or it is another tenant's.
    package static func noBatch(_ id: String) -> ModelError {
        missing("No such Batch object: \(id.prefix(64))", parameter: "id", code: "batch_not_found")
    }

    private static func missing(_ message: String, parameter: String, code: String) -> ModelError {
        refused(404, message, parameter: parameter, code: code)
    }

    /// Something about files or batches cannot be had like that.
    package static func refused(
        _ status: Int,
        _ message: String,
        parameter: String? = nil,
        code: String
    ) -> ModelError {
        var error = ModelError(400..<500 ~= status ? .invalidRequest : .upstream, message, code: code)
        error.status = status
        error.parameter = parameter
        return error
    }
}
